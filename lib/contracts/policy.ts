import { z } from "zod";
import { accessSchema, timestampSchema } from "./access";

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
  serviceClassId: z.string(),
  /** SHA-256 of the device secret, 64 hexadecimal characters. */
  secretSha256: z.string().length(64),
  expiresAt: timestampSchema,
});

/** Events of `GET /api/nodes/policy` and `GET /api/agents/policy` (text/event-stream; `event:` is the type). */
export const policyEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("snapshot"), snapshot: policySnapshotSchema }),
  /** Forget these entitlements and check running sessions anew; `deviceIds` null means all. */
  z.object({ type: z.literal("revoke"), deviceIds: z.array(z.string()).nullable() }),
  z.object({ type: z.literal("heartbeat"), at: timestampSchema }),
]);

export type SteeringMode = z.infer<typeof steeringModeSchema>;
export type ServiceClass = z.infer<typeof serviceClassSchema>;
export type WhiteListRule = z.infer<typeof whiteListRuleSchema>;
export type WhiteList = z.infer<typeof whiteListSchema>;
export type AccessNetwork = z.infer<typeof accessNetworkSchema>;
export type PolicySnapshot = z.infer<typeof policySnapshotSchema>;
export type Entitlement = z.infer<typeof entitlementSchema>;
export type PolicyEvent = z.infer<typeof policyEventSchema>;
