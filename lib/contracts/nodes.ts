import { z } from "zod";
import { timestampSchema } from "./access";

const numericAddressSchema = z.union([z.ipv4(), z.ipv6()], { error: "Give a numeric IPv4 or IPv6 address." });
const portSchema = z.int().min(1).max(65_535);
const maxConnectionsSchema = z.int().min(1).max(1_000_000);
const handshakeTimeoutSchema = z.int().min(1).max(120);
const idleTimeoutSchema = z.int().min(10).max(604_800);
const threadsSchema = z.int().min(1).max(64);
const drainDeadlineSchema = z.int().min(0).max(604_800);

/** What staff may set of a proxy node; null: as its command line has it. */
export const nodeSettingsSchema = z.object({
  listenAddress: numericAddressSchema.nullable(),
  listenPort: portSchema.nullable(),
  maxConnections: maxConnectionsSchema.nullable(),
  handshakeTimeoutSeconds: handshakeTimeoutSchema.nullable(),
  idleTimeoutSeconds: idleTimeoutSchema.nullable(),
  /** Relay threads: another number takes a restart. */
  threads: threadsSchema.nullable(),
  /** How long a process that was taken over from serves its sessions on at the most. */
  drainDeadlineSeconds: drainDeadlineSchema.nullable(),
});

export const noNodeSettings: NodeSettings = {
  listenAddress: null,
  listenPort: null,
  maxConnections: null,
  handshakeTimeoutSeconds: null,
  idleTimeoutSeconds: null,
  threads: null,
  drainDeadlineSeconds: null,
};

/** What a node works with. */
export const nodeSettingsInForceSchema = z.object({
  listenAddress: z.string(),
  listenPort: z.int().min(0).max(65_535),
  maxConnections: maxConnectionsSchema,
  handshakeTimeoutSeconds: handshakeTimeoutSchema,
  idleTimeoutSeconds: idleTimeoutSchema,
  threads: threadsSchema,
  drainDeadlineSeconds: drainDeadlineSchema,
});

/**
 * What a node is to do, as a whole: the event `order` of its policy stream, sent first and at each change. `revision`
 * grows with every change.
 */
export const nodeOrderSchema = z.object({
  revision: z.int().min(0),
  /** Take no new sessions; those that run go on. */
  isDraining: z.boolean(),
  /** How often a restart was asked for: one more asks for one. */
  restarts: z.int().min(0),
  settings: nodeSettingsSchema,
});

/** What a node made of its order; `revision` is of the last one that it took. */
export const nodeOrderStateSchema = z.object({
  revision: z.int().min(0),
  /** Restarts that were carried out or failed. */
  restarts: z.int().min(0),
  /** Why the last restart failed, or settings could not be used; null where all is as ordered. */
  failure: z.string().max(500).nullable(),
});

/** Who gave an order, when and why. */
export const nodeOrderNoteSchema = z.object({ by: z.string(), at: timestampSchema, reason: z.string() });

/** An order as the portal shows it, with the last note of each kind; null where there was none. */
export const shownNodeOrderSchema = nodeOrderSchema.extend({
  /** Of the last drain or resume. */
  drainNote: nodeOrderNoteSchema.nullable(),
  restartNote: nodeOrderNoteSchema.nullable(),
  settingsNote: nodeOrderNoteSchema.nullable(),
});

/** `POST /api/nodes/:id/drain`, `/resume`, `/restart`; answer the ShownNodeOrder. */
export const nodeOrderRequestSchema = z.object({
  reason: z.string().trim().min(3, "Say why, in a few words.").max(500),
});
/** `PUT /api/nodes/:id/settings` with `If-Match`; answers `{ etag, item }`, as GET does. */
export const nodeSettingsRequestSchema = nodeSettingsSchema.extend({ reason: nodeOrderRequestSchema.shape.reason });
export const editedNodeSettingsSchema = z.object({ etag: z.string(), item: nodeSettingsSchema });
export const nodeParamsSchema = z.object({ id: z.string().min(1).max(64) });

export type NodeSettings = z.infer<typeof nodeSettingsSchema>;
export type NodeSettingsInForce = z.infer<typeof nodeSettingsInForceSchema>;
export type NodeOrder = z.infer<typeof nodeOrderSchema>;
export type NodeOrderState = z.infer<typeof nodeOrderStateSchema>;
export type NodeOrderNote = z.infer<typeof nodeOrderNoteSchema>;
export type ShownNodeOrder = z.infer<typeof shownNodeOrderSchema>;
export type EditedNodeSettings = z.infer<typeof editedNodeSettingsSchema>;
