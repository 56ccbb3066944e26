import * as z from "zod";
import {
  demoRequestSchema,
  demoUploadQuerySchema,
  demoUploadSchema,
  linkChangeSchema,
  testbedCommandSchema,
  testbedReportSchema,
} from "../demo";
import { demoDeviceListSchema, demoDeviceReportSchema } from "../demo-devices";
import {
  demoShareListSchema,
  demoShareSchema,
  newDemoShareSchema,
  openDemoShareSchema,
  sharedRunSchema,
} from "../demo-shares";
import { firstStepsSchema } from "../first-steps";
import { demoRunSchema, liveEventSchema } from "../live";
import {
  editedNodeSettingsSchema,
  joinCodeSchema,
  joinRequestSchema,
  newJoinCodeSchema,
  nodeCredentialSchema,
  nodeListSchema,
  nodeOrderRequestSchema,
  nodeParamsSchema,
  nodeProfileRequestSchema,
  nodeSettingsRequestSchema,
  shownNodeOrderSchema,
} from "../nodes";
import { agentPolicyQuerySchema, entitlementSchema, policyAckSchema, policyEventSchema } from "../policy";
import {
  apiDescriptionQuerySchema,
  demoRunListSchema,
  deviceParamsSchema,
  healthSchema,
  idParamsSchema,
  meSchema,
  pageQuerySchema,
  type Role,
  sessionDetailSchema,
  sessionKeyParamsSchema,
  sessionListQuerySchema,
  sessionListSchema,
  setupRequestSchema,
  usageExportQuerySchema,
  usageQuerySchema,
  usageSchema,
} from "../portal";
import { deviceCredentialSchema, enrolRequestSchema } from "../subscribers";
import { telemetryBatchSchema, telemetryReplySchema } from "../telemetry";
import { type ApiCall, type ApiCalls, everyRole } from "./api-call";

const nodeTeams: readonly Role[] = ["admin", "operator"];
const demoTeams: readonly Role[] = ["admin", "operator", "demo"];

const nodeOrder = (summary: string) =>
  ({
    summary,
    caller: nodeTeams,
    params: nodeParamsSchema,
    body: nodeOrderRequestSchema,
    answer: { json: shownNodeOrderSchema },
  }) satisfies ApiCall;
const signInCall = {
  summary: "The sign-in page's own calls",
  caller: "anyone",
  answer: { json: z.unknown() },
} satisfies ApiCall;

/** Overview, sessions, nodes, demo; and what nodes, devices and the testbed call. */
export const operateCalls = {
  "agents/demo-reports": {
    POST: {
      summary: "A device that allows demo runs: what it can do, and how its run goes",
      caller: "device",
      body: demoDeviceReportSchema,
      answer: "nothing",
    },
  },
  "agents/enrol": {
    POST: {
      summary: "Enrol a device with a one-time code",
      caller: "anyone",
      body: enrolRequestSchema,
      answer: { json: deviceCredentialSchema },
      status: 201,
    },
  },
  "agents/policy": {
    GET: {
      summary: "The device's policy, and the proxy nodes it may use, as they change",
      caller: "device",
      query: agentPolicyQuerySchema,
      answer: { events: policyEventSchema },
    },
  },
  "auth/[...nextauth]": { GET: signInCall, POST: signInCall },
  "demo/devices": {
    GET: {
      summary: "Devices that are there now and allow demo runs",
      caller: demoTeams,
      answer: { json: demoDeviceListSchema },
    },
  },
  "demo/runs": {
    GET: {
      summary: "Comparisons, newest first",
      caller: everyRole,
      query: pageQuerySchema,
      answer: { json: demoRunListSchema },
    },
    POST: {
      summary: "Start a comparison",
      caller: demoTeams,
      body: demoRequestSchema,
      answer: { json: demoRunSchema },
      status: 201,
    },
  },
  "demo/runs/[id]": {
    GET: {
      summary: "A comparison with its samples",
      caller: everyRole,
      params: idParamsSchema,
      answer: { json: demoRunSchema },
    },
  },
  "demo/runs/[id]/cancel": {
    POST: {
      summary: "End a comparison",
      caller: demoTeams,
      params: idParamsSchema,
      answer: { json: demoRunSchema },
    },
  },
  "demo/runs/[id]/shares": {
    GET: {
      summary: "Links to a comparison that open without an account",
      caller: demoTeams,
      params: idParamsSchema,
      answer: { json: demoShareListSchema },
    },
    POST: {
      summary: "Make a link to a comparison; its address is shown once",
      caller: demoTeams,
      params: idParamsSchema,
      answer: { json: newDemoShareSchema },
      status: 201,
    },
  },
  "demo/source/[id]": {
    GET: {
      summary: "The object of a device's comparison, while that goes on",
      caller: "anyone",
      params: idParamsSchema,
      answer: "bytes",
    },
    PUT: {
      summary: "The object as a lane of a device's comparison sends it, while that goes on",
      caller: "anyone",
      params: idParamsSchema,
      query: demoUploadQuerySchema,
      upload: "application/octet-stream",
      answer: { json: demoUploadSchema },
    },
  },
  "demo/shares/[id]/revoke": {
    POST: {
      summary: "End a link to a comparison",
      caller: demoTeams,
      params: idParamsSchema,
      answer: { json: demoShareSchema },
    },
  },
  "demo/shares/open": {
    POST: {
      summary: "The comparison behind a link",
      caller: "anyone",
      body: openDemoShareSchema,
      answer: { json: sharedRunSchema },
    },
  },
  health: {
    GET: {
      summary: "Whether the portal serves and reaches its database (readiness)",
      caller: "anyone",
      answer: { json: healthSchema },
    },
  },
  "health/live": {
    GET: {
      summary: "Whether the portal's process serves (liveness)",
      caller: "anyone",
      answer: { json: healthSchema },
    },
  },
  live: {
    GET: { summary: "Everything that is live, as it changes", caller: everyRole, answer: { events: liveEventSchema } },
  },
  me: { GET: { summary: "Who calls", caller: everyRole, answer: { json: meSchema } } },
  metrics: {
    GET: { summary: "Figures of portal and nodes in Prometheus's text format", caller: "metrics", answer: "text" },
  },
  nodes: {
    GET: { summary: "Proxy nodes and how they stand", caller: everyRole, answer: { json: nodeListSchema } },
  },
  "nodes/[id]/credential": { POST: nodeOrder("Have a node change its credential") },
  "nodes/[id]/drain": { POST: nodeOrder("Let a node take no new sessions") },
  "nodes/[id]/profile": {
    PUT: {
      summary: "Set a node's name, region and address",
      caller: nodeTeams,
      params: nodeParamsSchema,
      body: nodeProfileRequestSchema,
      answer: { json: shownNodeOrderSchema },
    },
  },
  "nodes/[id]/restart": { POST: nodeOrder("Replace a node's process without losing a session") },
  "nodes/[id]/revoke": { POST: nodeOrder("Make a node's credential void, for good") },
  "nodes/[id]/resume": { POST: nodeOrder("Let a node take sessions again") },
  "nodes/[id]/settings": {
    GET: {
      summary: "What staff set of a node",
      caller: everyRole,
      params: nodeParamsSchema,
      answer: { json: editedNodeSettingsSchema },
    },
    PUT: {
      summary: "Set a node",
      caller: nodeTeams,
      params: nodeParamsSchema,
      body: nodeSettingsRequestSchema,
      needs: ["If-Match"],
      answer: { json: editedNodeSettingsSchema },
    },
  },
  "nodes/credential": {
    POST: {
      summary: "Another credential for the node that calls; the one before holds until it is used",
      caller: "node:proxy",
      answer: { json: nodeCredentialSchema },
      status: 201,
    },
  },
  "nodes/entitlements/[deviceId]": {
    GET: {
      summary: "What a device may do",
      caller: "node:proxy",
      params: deviceParamsSchema,
      answer: { json: entitlementSchema },
    },
  },
  "nodes/join": {
    POST: {
      summary: "Join as a proxy node with a one-time code",
      caller: "anyone",
      body: joinRequestSchema,
      answer: { json: nodeCredentialSchema },
      status: 201,
    },
  },
  "nodes/join-codes": {
    POST: {
      summary: "A one-time code with which a proxy node joins; shown once",
      caller: nodeTeams,
      body: newJoinCodeSchema,
      answer: { json: joinCodeSchema },
      status: 201,
    },
  },
  "nodes/policy": {
    GET: {
      summary: "The node's policy and orders, as they change",
      caller: "node:proxy",
      answer: { events: policyEventSchema },
    },
  },
  "nodes/policy-acks": {
    POST: {
      summary: "A node took a policy version, or could not",
      caller: "node:proxy",
      body: policyAckSchema,
      answer: "nothing",
    },
  },
  "nodes/telemetry": {
    POST: {
      summary: "A node's sessions, paths and totals",
      caller: "node:proxy",
      body: telemetryBatchSchema,
      answer: { json: telemetryReplySchema },
    },
  },
  "openapi.json": {
    GET: {
      summary: "This description",
      caller: "anyone",
      query: apiDescriptionQuerySchema,
      answer: { json: z.unknown() },
    },
  },
  sessions: {
    GET: {
      summary: "Sessions with their paths, newest first",
      caller: everyRole,
      query: sessionListQuerySchema,
      answer: { json: sessionListSchema },
    },
  },
  "sessions/[key]": {
    GET: {
      summary: "A session with its events and bytes over time",
      caller: everyRole,
      params: sessionKeyParamsSchema,
      answer: { json: sessionDetailSchema },
    },
  },
  setup: {
    POST: {
      summary: "Make the first account with the set-up link's token",
      caller: "anyone",
      body: setupRequestSchema,
      answer: { json: meSchema },
      status: 201,
    },
  },
  "testbed/commands": {
    GET: {
      summary: "What the testbed is to do, as it comes",
      caller: "node:testbed",
      answer: { events: testbedCommandSchema },
    },
  },
  "testbed/links": {
    POST: {
      summary: "Change a link of the testbed",
      caller: demoTeams,
      body: linkChangeSchema,
      answer: { json: linkChangeSchema },
      status: 202,
    },
  },
  "testbed/reports": {
    POST: {
      summary: "The testbed's state and progress",
      caller: "node:testbed",
      body: testbedReportSchema,
      answer: "nothing",
    },
  },
  "first-steps": {
    GET: {
      summary: "What was done of the ways into the product",
      caller: everyRole,
      answer: { json: firstStepsSchema },
    },
  },
  usage: {
    GET: {
      summary: "Bytes by access and minute",
      caller: everyRole,
      query: usageQuerySchema,
      answer: { json: usageSchema },
    },
  },
  "usage/export": {
    GET: {
      summary: "Bytes by day, subscriber and access, as a file; kept in the audit log",
      caller: nodeTeams,
      query: usageExportQuerySchema,
      answer: "csv",
    },
  },
} satisfies ApiCalls;
