import { serviceClassSchema } from "../policy";
import {
  diffQuerySchema,
  discardDraftSchema,
  draftNetworksSchema,
  draftSchema,
  draftServiceClassListSchema,
  draftServiceClassSchema,
  draftWhiteListListSchema,
  draftWhiteListSchema,
  editRulesReplySchema,
  editRulesSchema,
  findingListSchema,
  itemParamsSchema,
  networksSchema,
  policyDiffSchema,
  policyImpactSchema,
  policyVersionDetailSchema,
  policyVersionListSchema,
  policyVersionSchema,
  publishSchema,
  reasonBodySchema,
  ruleListQuerySchema,
  ruleListSchema,
  simulateSchema,
  simulationSchema,
  versionParamsSchema,
  whiteListHeadSchema,
} from "../policy-admin";
import { pageQuerySchema, type Role } from "../portal";
import { type ApiCall, type ApiCalls, everyRole } from "./api-call";

const readers: readonly Role[] = ["admin", "operator", "support", "viewer"];
const writers: readonly Role[] = ["admin", "operator"];

const canaryCall = (summary: string) =>
  ({
    summary,
    caller: writers,
    body: reasonBodySchema,
    answer: { json: policyVersionSchema },
    status: 201,
  }) satisfies ApiCall;
const removeItem = (summary: string) =>
  ({
    summary,
    caller: writers,
    params: itemParamsSchema,
    needs: ["If-Match"],
    answer: "nothing",
  }) satisfies ApiCall;

/** Draft, versions, trial and simulator. */
export const policyCalls = {
  "policy/canary/promote": { POST: canaryCall("Put the version on trial in force for everyone") },
  "policy/canary/revert": { POST: canaryCall("End the trial") },
  "policy/draft": {
    GET: {
      summary: "What is changed and not published; its ETag is what a publish takes",
      caller: readers,
      answer: { json: draftSchema },
    },
  },
  "policy/draft/diff": {
    GET: { summary: "The draft against the policy in force", caller: readers, answer: { json: policyDiffSchema } },
  },
  "policy/draft/discard": {
    POST: {
      summary: "Take changes of the draft back",
      caller: writers,
      body: discardDraftSchema,
      answer: { json: draftSchema },
    },
  },
  "policy/draft/findings": {
    GET: { summary: "What is wrong or odd about the draft", caller: readers, answer: { json: findingListSchema } },
  },
  "policy/draft/impact": {
    GET: {
      summary: "What the draft would do to the last 24 hours",
      caller: readers,
      answer: { json: policyImpactSchema },
    },
  },
  "policy/draft/networks": {
    GET: {
      summary: "Access networks and allowed private ranges",
      caller: readers,
      answer: { json: draftNetworksSchema },
    },
    PUT: {
      summary: "Change them in the draft",
      caller: writers,
      body: networksSchema,
      needs: ["If-Match"],
      answer: { json: draftNetworksSchema },
    },
  },
  "policy/draft/service-classes": {
    GET: { summary: "Service classes", caller: everyRole, answer: { json: draftServiceClassListSchema } },
  },
  "policy/draft/service-classes/[id]": {
    PUT: {
      summary: "Make or change a service class in the draft",
      caller: writers,
      params: itemParamsSchema,
      body: serviceClassSchema,
      needs: ["If-Match"],
      answer: { json: draftServiceClassSchema },
    },
    DELETE: removeItem("Remove a service class from the draft"),
  },
  "policy/draft/white-lists": {
    GET: { summary: "White-lists without their rules", caller: readers, answer: { json: draftWhiteListListSchema } },
  },
  "policy/draft/white-lists/[id]": {
    PUT: {
      summary: "Make or change a white-list in the draft; its rules stay",
      caller: writers,
      params: itemParamsSchema,
      body: whiteListHeadSchema,
      needs: ["If-Match"],
      answer: { json: draftWhiteListSchema },
    },
    DELETE: removeItem("Remove a white-list from the draft"),
  },
  "policy/draft/white-lists/[id]/rules": {
    GET: {
      summary: "Rules of a white-list with their hits",
      caller: readers,
      params: itemParamsSchema,
      query: ruleListQuerySchema,
      answer: { json: ruleListSchema },
    },
    POST: {
      summary: "Add and remove rules, all or nothing",
      caller: writers,
      params: itemParamsSchema,
      body: editRulesSchema,
      answer: { json: editRulesReplySchema },
    },
  },
  "policy/publish": {
    POST: {
      summary: "Publish the draft",
      caller: writers,
      body: publishSchema,
      needs: ["If-Match"],
      answer: { json: policyVersionSchema },
      status: 201,
    },
  },
  "policy/simulate": {
    POST: {
      summary: "What would happen to a subscriber's connection now, and why",
      caller: readers,
      body: simulateSchema,
      answer: { json: simulationSchema },
    },
  },
  "policy/versions": {
    GET: {
      summary: "Policy versions, newest first",
      caller: readers,
      query: pageQuerySchema,
      answer: { json: policyVersionListSchema },
    },
  },
  "policy/versions/[version]": {
    GET: {
      summary: "A policy version in full",
      caller: readers,
      params: versionParamsSchema,
      answer: { json: policyVersionDetailSchema },
    },
  },
  "policy/versions/[version]/diff": {
    GET: {
      summary: "A version against another one",
      caller: readers,
      params: versionParamsSchema,
      query: diffQuerySchema,
      answer: { json: policyDiffSchema },
    },
  },
  "policy/versions/[version]/rollback": {
    POST: {
      summary: "Publish an earlier version again",
      caller: writers,
      params: versionParamsSchema,
      body: reasonBodySchema,
      answer: { json: policyVersionSchema },
      status: 201,
    },
  },
} satisfies ApiCalls;
