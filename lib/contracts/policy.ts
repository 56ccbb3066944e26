import * as z from "zod";
import { accessSchema, byteCountSchema, timestampSchema } from "./access";
import { deviceCommandSchema } from "./demo";
import { nodeOrderSchema, regionSchema } from "./nodes";

export const steeringModeSchema = z.enum(["aggregate", "lte-share", "wifi-first"]);

export const serviceClassSchema = z.object({
  id: z.string().min(1).max(40),
  name: z.string().min(1).max(60),
  steering: steeringModeSchema,
  /** Whole per cent of the bytes that may go over LTE; null unless `lte-share`. */
  lteSharePercent: z.number().min(0).max(100).nullable(),
  /** LTE stays unused while WiFi alone reaches this; null unless `lte-share`. */
  wifiSufficientMbps: z.number().min(0).nullable(),
  /** Caps per subscriber over all sessions; null means none. */
  lteRateKbps: z.int().min(1).nullable(),
  totalRateKbps: z.int().min(1).nullable(),
  /** LTE bytes of a subscriber in a calendar month (UTC), both directions; null means no quota. */
  lteQuotaBytes: byteCountSchema.nullable().default(null),
  /** Id of the class that a subscriber has from then to the month's end; null unless there is a quota. */
  whenQuotaReached: z.string().min(1).max(40).nullable().default(null),
});

export const whiteListRuleSchema = z.object({
  kind: z.enum(["host", "domain-suffix", "cidr"]),
  value: z.string().min(1).max(255),
  /** Inclusive ranges; empty means every port but 25. */
  ports: z.array(z.object({ from: z.int().min(1).max(65_535), to: z.int().min(1).max(65_535) })).max(16),
});

export const whiteListSchema = z.object({
  id: z.string().min(1).max(40),
  name: z.string().min(1).max(80),
  /** `everyone`, or `extra`: only subscribers that have this list among their extra ones. */
  audience: z.enum(["everyone", "extra"]).default("everyone"),
  rules: z.array(whiteListRuleSchema),
});

export const accessNetworkSchema = z.object({ cidr: z.string(), access: accessSchema, name: z.string().max(80) });

/** Everything a node or agent needs that is not about one subscriber: an immutable snapshot. */
export const policySnapshotSchema = z.object({
  version: z.int().min(1),
  publishedAt: timestampSchema,
  serviceClasses: z.array(serviceClassSchema),
  whiteLists: z.array(whiteListSchema),
  accessNetworks: z.array(accessNetworkSchema),
  /** CIDRs of private space that the operator allows as destinations (a testbed's content provider). */
  allowedPrivateRanges: z.array(z.string()),
});

/** What one device may do; fetched by a node on first use and kept until `expiresAt` or revoked by the stream. */
export const entitlementSchema = z.object({
  deviceId: z.string(),
  subscriberId: z.string(),
  state: z.enum(["active", "suspended"]),
  /** The class in force: the one the subscriber has, or the one that replaces it once its quota is reached. */
  serviceClassId: z.string(),
  isQuotaReached: z.boolean().default(false),
  /** White-lists with audience `extra` that this subscriber has. */
  extraWhiteListIds: z.array(z.string()).default([]),
  /** SHA-256 of the device secret, 64 hexadecimal characters. */
  secretSha256: z.string().length(64),
  expiresAt: timestampSchema,
});

/**
 * What turns one snapshot into the next. Lists are keyed by id: `order` holds every id of the new list, `upsert` the
 * items that are new or differ. A part that is absent did not change.
 */
export const policyDeltaSchema = z.object({
  from: z.int().min(1),
  version: z.int().min(1),
  publishedAt: timestampSchema,
  serviceClasses: z.object({ order: z.array(z.string()), upsert: z.array(serviceClassSchema) }).optional(),
  whiteLists: z.object({ order: z.array(z.string()), upsert: z.array(whiteListSchema) }).optional(),
  accessNetworks: z.array(accessNetworkSchema).optional(),
  allowedPrivateRanges: z.array(z.string()).optional(),
});

/** A snapshot on trial for `percent` of the subscribers (chosen by `isInCanary`); the rest keeps the main one. */
export const policyCanarySchema = z.object({ percent: z.int().min(1).max(99), snapshot: policySnapshotSchema });

/**
 * Events of `GET /api/nodes/policy` and `GET /api/agents/policy` (text/event-stream; `event:` is the type, `id:` the
 * version of the main snapshot). A node that reconnects with `Last-Event-ID` gets a delta from there where possible.
 */
/** A proxy node as a device is told of it. */
export const agentNodeSchema = z.object({
  id: z.string(),
  region: z.string().nullable(),
  address: z.string(),
  port: z.int().min(1).max(65_535),
  /** Sessions of the most it takes, in eighths. */
  load: z.number().min(0).max(1),
  /** It takes no new sessions. */
  isDraining: z.boolean(),
});

/**
 * `GET /api/agents/policy`: `nodes=1` asks for the event `nodes`, `region` says where the device is, `demo=1` that its
 * owner allows demo runs.
 */
export const agentPolicyQuerySchema = z.object({
  nodes: z.literal("1").optional(),
  region: regionSchema.optional(),
  demo: z.literal("1").optional(),
});

export const policyEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("snapshot"), snapshot: policySnapshotSchema }),
  /** Nodes only. `sha256` is of the resulting snapshot's canonical JSON: where it differs, connect anew without Last-Event-ID. */
  z.object({ type: z.literal("delta"), delta: policyDeltaSchema, sha256: z.string().length(64) }),
  /** Nodes only: the trial that is on, null once it has ended. */
  z.object({ type: z.literal("canary"), canary: policyCanarySchema.nullable() }),
  /** Nodes only: what the node is to do. */
  z.object({ type: z.literal("order"), order: nodeOrderSchema }),
  /** Forget these entitlements and check running sessions anew; `deviceIds` null means all. */
  z.object({ type: z.literal("revoke"), deviceIds: z.array(z.string()).nullable() }),
  /** Agents only: what this device's subscriber has; sent first and at each change. */
  z.object({
    type: z.literal("entitlement"),
    state: z.enum(["active", "suspended"]),
    serviceClassId: z.string(),
    isQuotaReached: z.boolean(),
    extraWhiteListIds: z.array(z.string()).default([]),
  }),
  /** Agents that ask for it: the proxy nodes, in the order in which this device is to try them. */
  z.object({ type: z.literal("nodes"), nodes: z.array(agentNodeSchema).max(1000) }),
  /** Agents that allow it: run a comparison's lanes, or end them. */
  z.object({ type: z.literal("demo"), command: deviceCommandSchema }),
  z.object({ type: z.literal("heartbeat"), at: timestampSchema }),
]);

/** `POST /api/nodes/policy-acks`: a node took a version, or could not. */
export const policyAckSchema = z.object({
  version: z.int().min(1),
  isApplied: z.boolean(),
  reason: z.string().max(500).nullable(),
});

export type SteeringMode = z.infer<typeof steeringModeSchema>;
export type ServiceClass = z.infer<typeof serviceClassSchema>;
export type WhiteListRule = z.infer<typeof whiteListRuleSchema>;
export type WhiteList = z.infer<typeof whiteListSchema>;
export type AccessNetwork = z.infer<typeof accessNetworkSchema>;
export type PolicySnapshot = z.infer<typeof policySnapshotSchema>;
export type Entitlement = z.infer<typeof entitlementSchema>;
export type PolicyEvent = z.infer<typeof policyEventSchema>;
export type PolicyDelta = z.infer<typeof policyDeltaSchema>;
export type PolicyCanary = z.infer<typeof policyCanarySchema>;
export type AgentNode = z.infer<typeof agentNodeSchema>;
export type PolicyAck = z.infer<typeof policyAckSchema>;
