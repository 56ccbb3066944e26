import {
  alertListSchema,
  alertParamsSchema,
  alertRuleInputSchema,
  alertRuleParamsSchema,
  alertRuleSchema,
  alertWebhookInputSchema,
  alertWebhookSchema,
  muteAlertSchema,
} from "../alerts";
import { historyQuerySchema, historySchema } from "../history";
import { momentRequestSchema, supportMomentSchema } from "../moment";
import type { Role } from "../portal";
import {
  madeSnapshotSchema,
  makeSnapshotSchema,
  sealedCaseSchema,
  snapshotParamsSchema,
  supportLookUpSchema,
  supportSnapshotSchema,
} from "../support";
import { type ApiCalls, admins, everyRole } from "./api-call";

const alertEditors: readonly Role[] = ["admin", "operator"];
const readers: readonly Role[] = ["admin", "operator", "support"];

/** Looking a subscriber up, what was in the past, and what is wrong now. */
export const supportCalls = {
  alerts: {
    GET: {
      summary: "Alerts that are open or lately were, and their rules",
      caller: everyRole,
      answer: { json: alertListSchema },
    },
  },
  "alerts/[id]/acknowledge": {
    POST: {
      summary: "Somebody looks after an alert",
      caller: alertEditors,
      params: alertParamsSchema,
      answer: "nothing",
    },
  },
  "alerts/rules/[kind]": {
    PUT: {
      summary: "Change an alert rule",
      caller: alertEditors,
      params: alertRuleParamsSchema,
      body: alertRuleInputSchema,
      needs: ["If-Match"],
      answer: { json: alertRuleSchema },
    },
  },
  "alerts/rules/[kind]/mute": {
    POST: {
      summary: "Mute an alert rule for a time, or no longer",
      caller: alertEditors,
      params: alertRuleParamsSchema,
      body: muteAlertSchema,
      answer: { json: alertRuleSchema },
    },
  },
  "alerts/webhook": {
    GET: {
      summary: "Where alerts are sent; the address's path is not shown",
      caller: admins,
      answer: { json: alertWebhookSchema },
    },
    PUT: {
      summary: "Send alerts to an address, or nowhere",
      caller: admins,
      body: alertWebhookInputSchema,
      answer: { json: alertWebhookSchema },
    },
  },
  "alerts/webhook/test": {
    POST: { summary: "Send a trial alert", caller: admins, answer: "nothing" },
  },
  history: {
    GET: {
      summary: "Bit rates over a range of time",
      caller: everyRole,
      query: historyQuerySchema,
      answer: { json: historySchema },
    },
  },
  "history/export": {
    GET: {
      summary: "Bit rates over a range of time, as a file",
      caller: everyRole,
      query: historyQuerySchema,
      answer: "csv",
    },
  },
  "support/look-up": {
    POST: {
      summary: "Why a subscriber's traffic is as it is; kept in the audit log with its purpose",
      caller: readers,
      body: supportLookUpSchema,
      answer: { json: sealedCaseSchema },
    },
  },
  "support/moment": {
    POST: {
      summary: "What was so with a subscriber at a moment; kept in the audit log with its purpose",
      caller: readers,
      body: momentRequestSchema,
      answer: { json: supportMomentSchema },
    },
  },
  "support/snapshots": {
    POST: {
      summary: "Keep what a look-up showed, under a link that expires",
      caller: readers,
      body: makeSnapshotSchema,
      answer: { json: madeSnapshotSchema },
      status: 201,
    },
  },
  "support/snapshots/[token]": {
    GET: {
      summary: "What a look-up showed when its snapshot was made",
      caller: readers,
      params: snapshotParamsSchema,
      answer: { json: supportSnapshotSchema },
    },
  },
  "support/snapshots/[token]/revoke": {
    POST: { summary: "End a snapshot's link", caller: readers, params: snapshotParamsSchema, answer: "nothing" },
  },
} satisfies ApiCalls;
