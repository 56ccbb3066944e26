import * as z from "zod";
import { parseSocketAddress } from "@/lib/shared/socket-address";
import { timestampSchema } from "./access";
import { ownFieldSentences } from "./sentences/field-sentences";

const numericAddressSchema = z.union([z.ipv4(), z.ipv6()], { error: ownFieldSentences.giveNumericAddress() });
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
  /** Ask for another credential; the one that it has holds until it uses the new one. */
  isCredentialDue: z.boolean().default(false),
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

const nodeNameSchema = z.string().trim().min(1, ownFieldSentences.giveItAName()).max(80);
/** As devices name their own: "north", "seoul-1". */
export const regionSchema = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, ownFieldSentences.giveSmallLetters());
/** `address:port` or `[v6]:port`, numeric. */
export const socketAddressSchema = z
  .string()
  .trim()
  .refine((text) => parseSocketAddress(text) !== null, ownFieldSentences.giveAddressAndPort());

/** What staff call a node, where it is, and where devices reach it. */
export const nodeProfileSchema = z.object({
  name: nodeNameSchema,
  region: regionSchema.nullable(),
  /** Null: devices are not told of it. */
  address: socketAddressSchema.nullable(),
});

/** An order as the portal shows it, with the last note of each kind; null where there was none. */
export const shownNodeOrderSchema = nodeOrderSchema.extend({
  /** Of the last drain or resume. */
  drainNote: nodeOrderNoteSchema.nullable(),
  restartNote: nodeOrderNoteSchema.nullable(),
  settingsNote: nodeOrderNoteSchema.nullable(),
  profile: nodeProfileSchema,
  profileEtag: z.string(),
  /** It joined by a code: its credential can be rotated. */
  hasJoined: z.boolean(),
  /** When its credential was last another one; null: never. */
  credentialChangedAt: timestampSchema.nullable(),
  /** Its credential is void: no list has it any more. */
  isRevoked: z.boolean(),
});

/** `POST /api/nodes/:id/drain`, `/resume`, `/restart`, `/credential`, `/revoke`; answer the ShownNodeOrder. */
export const nodeOrderRequestSchema = z.object({
  reason: z.string().trim().min(3, ownFieldSentences.sayWhy()).max(500),
});
/** `PUT /api/nodes/:id/settings` with `If-Match`; answers `{ etag, item }`, as GET does. */
export const nodeSettingsRequestSchema = nodeSettingsSchema.extend({ reason: nodeOrderRequestSchema.shape.reason });
export const editedNodeSettingsSchema = z.object({ etag: z.string(), item: nodeSettingsSchema });
/** `PUT /api/nodes/:id/profile`, with `If-Match` of `profileEtag` only where it is still that; answers the ShownNodeOrder. */
export const nodeProfileRequestSchema = nodeProfileSchema.extend({ reason: nodeOrderRequestSchema.shape.reason });

/** `GET /api/nodes`: every proxy node, by id. */
export const nodeListSchema = z.object({
  nodes: z.array(
    nodeProfileSchema.extend({
      id: z.string(),
      isDraining: z.boolean(),
      /** It follows its stream, or reported a moment ago. */
      isHeard: z.boolean(),
      /** Sessions of the most it takes, 0 to 1. */
      load: z.number().min(0).max(1),
    }),
  ),
});

/** `POST /api/nodes/join-codes`: shown once, works once. */
export const newJoinCodeSchema = z.object({ name: nodeNameSchema, region: regionSchema.nullable() });
export const joinCodeSchema = z.object({
  /** "K7QF3M-9TAC4W" */
  code: z.string(),
  expiresAt: timestampSchema,
  /** The command that a proxy joins with. */
  command: z.string(),
});
/** `POST /api/nodes/join`: no credential but the code. `address`: where devices reach the node. */
export const joinRequestSchema = z.object({
  code: z.string().min(4).max(32),
  address: socketAddressSchema.nullable().default(null),
});
/** Of a node, `<id>.<secret>`; shown once. Answers `POST /api/nodes/join` and `POST /api/nodes/credential`. */
export const nodeCredentialSchema = z.object({ nodeId: z.string(), credential: z.string() });
export const nodeParamsSchema = z.object({ id: z.string().min(1).max(64) });

export type NodeList = z.infer<typeof nodeListSchema>;
export type NodeSettings = z.infer<typeof nodeSettingsSchema>;
export type NodeSettingsInForce = z.infer<typeof nodeSettingsInForceSchema>;
export type NodeOrder = z.infer<typeof nodeOrderSchema>;
export type NodeOrderState = z.infer<typeof nodeOrderStateSchema>;
export type NodeOrderNote = z.infer<typeof nodeOrderNoteSchema>;
export type ShownNodeOrder = z.infer<typeof shownNodeOrderSchema>;
export type NodeProfile = z.infer<typeof nodeProfileSchema>;
export type JoinCode = z.infer<typeof joinCodeSchema>;
export type NodeCredential = z.infer<typeof nodeCredentialSchema>;
export type EditedNodeSettings = z.infer<typeof editedNodeSettingsSchema>;
