import * as z from "zod";
import { byteCountSchema, timestampSchema } from "./access";
import {
  accessNetworkSchema,
  policySnapshotSchema,
  serviceClassSchema,
  whiteListRuleSchema,
  whiteListSchema,
} from "./policy";
import { toldSchema } from "./told";

/*
 * The draft is one for all staff: the policy in force with the changes on top, item by item. Every item has its own
 * ETag (strong, of its contents): PUT and DELETE take `If-Match: "<etag>"`, or `If-None-Match: *` to create. Without
 * one: 428. Where the item changed meanwhile: 412, a problem document with `current`.
 */

export const draftCollectionSchema = z.enum(["service-class", "white-list", "networks"]);
export const changeKindSchema = z.enum(["added", "changed", "removed"]);

export const draftChangeSchema = z.object({
  collection: draftCollectionSchema,
  /** `networks` is one item; its id is "networks". */
  id: z.string(),
  name: z.string(),
  kind: changeKindSchema,
  changedBy: z.string(),
  changedAt: timestampSchema,
});

/** `GET /api/policy/draft`; its ETag is what `publish` takes as `If-Match`. */
export const draftSchema = z.object({
  /** The version in force that the draft lies on. */
  baseVersion: z.int().min(1),
  etag: z.string(),
  changes: z.array(draftChangeSchema),
  /** The trial that is on: no other version can be published until it is promoted or reverted. */
  canary: z.lazy(() => policyVersionSchema).nullable(),
});

/**
 * `POST /api/policy/draft/discard`: one item's change, or all where null; with `If-Match` of the draft only where it is
 * still that.
 */
export const discardDraftSchema = z.object({
  item: z.object({ collection: draftCollectionSchema, id: z.string().max(80) }).nullable(),
});

/** `GET /api/policy/draft/service-classes`; `PUT|DELETE …/:id` take and give a service class. */
export const draftServiceClassSchema = z.object({
  item: serviceClassSchema,
  etag: z.string(),
  change: changeKindSchema.nullable(),
  /** As in the policy in force; null for an added one. */
  inForce: serviceClassSchema.nullable(),
  subscribers: z.int().min(0),
  /** Of the last hour's bytes of this class; null without traffic. */
  achievedLteSharePercent: z.number().nullable(),
});
export const draftServiceClassListSchema = z.object({ items: z.array(draftServiceClassSchema) });

/** `GET /api/policy/draft/white-lists`; `PUT …/:id` takes `whiteListHeadSchema` (rules stay), `DELETE …/:id`. */
export const whiteListHeadSchema = whiteListSchema.omit({ rules: true });
export const draftWhiteListSchema = z.object({
  item: whiteListHeadSchema,
  etag: z.string(),
  change: changeKindSchema.nullable(),
  ruleCount: z.int().min(0),
  hits: z.int().min(0),
  lastMatchAt: timestampSchema.nullable(),
  /** Subscribers that have it, for `extra` lists. */
  subscribers: z.int().min(0).nullable(),
  findings: z.int().min(0),
});
export const draftWhiteListListSchema = z.object({ items: z.array(draftWhiteListSchema) });

/** `GET /api/policy/draft/white-lists/:id/rules?search=&kind=&cursor=&limit=`, in the list's order. */
export const ruleListQuerySchema = z.object({
  search: z.string().max(255).optional(),
  kind: whiteListRuleSchema.shape.kind.optional(),
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export const draftRuleSchema = z.object({
  rule: whiteListRuleSchema,
  change: changeKindSchema.nullable(),
  hits: z.int().min(0),
  lastMatchAt: timestampSchema.nullable(),
  /** A sentence that names the rule that makes this one useless; null where none does. */
  shadowedBy: z.string().nullable(),
  /** The same by its code. */
  shadowedByTold: toldSchema.nullable(),
});
export const ruleListSchema = z.object({
  etag: z.string(),
  items: z.array(draftRuleSchema),
  total: z.int().min(0),
  nextCursor: z.string().nullable(),
});

/**
 * `POST /api/policy/draft/white-lists/:id/rules`: all or nothing, in the list as it is now (no If-Match: two operators'
 * additions both stay). A rule to remove that is not there any more: 412. Rules that are there already are counted.
 */
export const editRulesSchema = z.object({
  add: z.array(whiteListRuleSchema).max(100_000),
  remove: z.array(whiteListRuleSchema).max(100_000),
});
export const editRulesReplySchema = z.object({
  etag: z.string(),
  added: z.int().min(0),
  removed: z.int().min(0),
  alreadyThere: z.int().min(0),
});

/** `GET|PUT /api/policy/draft/networks`: access networks and allowed private ranges, one item. */
export const networksSchema = z.object({
  accessNetworks: z.array(accessNetworkSchema).max(10_000),
  allowedPrivateRanges: z.array(z.string()).max(1000),
});
export const draftNetworksSchema = z.object({
  item: networksSchema,
  etag: z.string(),
  change: changeKindSchema.nullable(),
});

export const findingSchema = z.object({
  severity: z.enum(["error", "warning"]),
  code: z.enum([
    "shadowed",
    "duplicate",
    "empty",
    "overlapping",
    "unreachable",
    "bad-rule",
    "bad-network",
    "missing-class",
    "bad-class",
    "class-in-use",
    "list-in-use",
  ]),
  collection: draftCollectionSchema,
  id: z.string(),
  rule: whiteListRuleSchema.nullable(),
  /** What is wrong, and what to do. */
  message: z.string(),
  /** The same by its code, for another language. */
  told: toldSchema,
});

/** `GET /api/policy/draft/findings`: at most 1000 of them, errors first. Errors stop a publish (409). */
export const findingListSchema = z.object({
  etag: z.string(),
  errors: z.int().min(0),
  warnings: z.int().min(0),
  items: z.array(findingSchema),
});

export const fieldChangeSchema = z.object({ field: z.string(), before: z.unknown(), after: z.unknown() });
export const ruleChangeSchema = z.object({ kind: z.enum(["added", "removed"]), rule: whiteListRuleSchema });

/** `GET /api/policy/draft/diff`, `GET /api/policy/versions/:version/diff?against=N`. */
export const policyDiffSchema = z.object({
  from: z.int().min(1),
  /** Null: the draft. */
  to: z.int().min(1).nullable(),
  items: z.array(
    z.object({
      collection: draftCollectionSchema,
      id: z.string(),
      name: z.string(),
      kind: changeKindSchema,
      fields: z.array(fieldChangeSchema),
      /** At most 200 of them; the counts are of all. */
      rules: z.array(ruleChangeSchema),
      rulesAdded: z.int().min(0),
      rulesRemoved: z.int().min(0),
    }),
  ),
});

/** `GET /api/policy/draft/impact`: what the draft would do to the subscribers and traffic of the last 24 hours. */
export const policyImpactSchema = z.object({
  /** Subscribers whose class has other settings, by class. */
  classes: z.array(z.object({ id: z.string(), name: z.string(), subscribers: z.int().min(0) })),
  runningSessions: z.int().min(0),
  /** Destinations of real sessions that would be decided otherwise, most sessions first, at most 100. */
  destinations: z.array(
    z.object({
      destination: z.string(),
      sessions: z.int().min(0),
      bytes: byteCountSchema,
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
  ),
  /** One sentence a fact, most important first: "412 subscribers get other class settings." */
  sentences: z.array(z.string()),
  /** The same by their codes. */
  told: z.array(toldSchema),
});

export const publishScopeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("everyone") }),
  z.object({ kind: z.literal("nodes"), nodeIds: z.array(z.string()).min(1).max(100) }),
  z.object({ kind: z.literal("percent"), percent: z.int().min(1).max(99) }),
]);

const reasonSchema = z.string().trim().min(3).max(500);

/** `POST /api/policy/publish` with `If-Match` of the draft; answers the PolicyVersion. */
export const publishSchema = z.object({ reason: reasonSchema, scope: publishScopeSchema });
/** `POST /api/policy/versions/:version/rollback`, `POST /api/policy/canary/promote`, `POST /api/policy/canary/revert`. */
export const reasonBodySchema = z.object({ reason: reasonSchema });

/** `waiting`: connected and not answered yet. `away`: not connected; it catches up when it is back. */
export const nodeAckSchema = z.object({
  nodeId: z.string(),
  nodeName: z.string(),
  state: z.enum(["applied", "failed", "waiting", "away", "not-in-scope"]),
  at: timestampSchema.nullable(),
  reason: z.string().nullable(),
});

export const policyVersionSchema = z.object({
  version: z.int().min(1),
  kind: z.enum(["publish", "rollback", "canary", "promote", "revert"]),
  /** The version that was rolled back to, promoted or reverted; null for a publish. */
  sourceVersion: z.int().min(1).nullable(),
  scope: publishScopeSchema,
  /** `trial`: a canary that is on. `superseded`: a newer one is in force. */
  state: z.enum(["in-force", "trial", "superseded"]),
  reason: z.string(),
  publishedAt: timestampSchema,
  /** Name of the member of staff, or "system". */
  publishedBy: z.string(),
  acks: z.array(nodeAckSchema),
});

/** `GET /api/policy/versions`: newest first. `GET …/:version` adds the snapshot. */
export const policyVersionListSchema = z.object({
  items: z.array(policyVersionSchema),
  nextCursor: z.string().nullable(),
});
export const policyVersionDetailSchema = policyVersionSchema.extend({ snapshot: policySnapshotSchema });
export const versionParamsSchema = z.object({ version: z.coerce.number().int().min(1).max(2_147_483_647) });
export const itemParamsSchema = z.object({ id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/) });
export const diffQuerySchema = z.object({ against: z.coerce.number().int().min(1) });

/** `POST /api/policy/simulate`: "subscriber X to host Y:port now". */
export const simulateSchema = z.object({
  /** MSISDN, IMSI, subscriber id or device id; null asks for nobody in particular. */
  subscriber: z.string().trim().min(1).max(64).nullable(),
  /** Name or numeric address, as a program would write it. */
  host: z.string().trim().min(1).max(300),
  port: z.int().min(1).max(65_535),
  policy: z.enum(["in-force", "draft"]),
  /** Address the device speaks from, to name its access network. */
  ueAddress: z.string().trim().max(64).nullable(),
});
export const simulationSchema = z.object({
  version: z.int().min(1).nullable(),
  /** `aggregated`: through the proxy. `direct`: the agent sends it the normal way. `refused`: the proxy would refuse it. */
  outcome: z.enum(["through-proxy", "direct", "refused"]),
  sentence: z.string(),
  /** The same by its code, for another language. */
  told: toldSchema,
  subscriber: z
    .object({ id: z.string(), state: z.enum(["active", "suspended"]), serviceClass: serviceClassSchema.nullable() })
    .nullable(),
  accessNetwork: z.object({ access: z.string(), name: z.string().nullable() }).nullable(),
  /** Every rule on the way, in order. */
  trace: z.array(
    z.object({
      step: z.string(),
      detail: z.string(),
      result: z.enum(["pass", "refuse", "info"]),
      told: z.object({ step: toldSchema, detail: toldSchema }),
    }),
  ),
  addresses: z.array(z.string()),
});

export type DraftCollection = z.infer<typeof draftCollectionSchema>;
export type ChangeKind = z.infer<typeof changeKindSchema>;
export type DraftChange = z.infer<typeof draftChangeSchema>;
export type Draft = z.infer<typeof draftSchema>;
export type DraftServiceClass = z.infer<typeof draftServiceClassSchema>;
export type DraftWhiteList = z.infer<typeof draftWhiteListSchema>;
export type WhiteListHead = z.infer<typeof whiteListHeadSchema>;
export type DraftRule = z.infer<typeof draftRuleSchema>;
export type RuleList = z.infer<typeof ruleListSchema>;
export type EditRules = z.infer<typeof editRulesSchema>;
export type EditRulesReply = z.infer<typeof editRulesReplySchema>;
export type Networks = z.infer<typeof networksSchema>;
export type DraftNetworks = z.infer<typeof draftNetworksSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type FindingList = z.infer<typeof findingListSchema>;
export type PolicyDiff = z.infer<typeof policyDiffSchema>;
export type PolicyImpact = z.infer<typeof policyImpactSchema>;
export type PublishScope = z.infer<typeof publishScopeSchema>;
export type NodeAck = z.infer<typeof nodeAckSchema>;
export type PolicyVersion = z.infer<typeof policyVersionSchema>;
export type PolicyVersionDetail = z.infer<typeof policyVersionDetailSchema>;
export type PolicyVersionList = z.infer<typeof policyVersionListSchema>;
export type SimulateRequest = z.infer<typeof simulateSchema>;
export type Simulation = z.infer<typeof simulationSchema>;
