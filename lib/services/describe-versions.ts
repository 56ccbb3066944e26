import { type NodeAck, type PolicyVersion, publishScopeSchema } from "@/lib/contracts/policy-admin";
import { getDatabase } from "@/lib/db/client";
import { readPolicyHeads } from "@/lib/db/policy-versions";
import { AppError } from "@/lib/shared/errors";
import { isNodeConnected } from "./connected-nodes";
import { staffNames } from "./staff-names";

const columns = {
  version: true,
  kind: true,
  sourceVersion: true,
  scope: true,
  reason: true,
  publishedAt: true,
  publishedBy: true,
} as const;

/** What the table of versions holds but the snapshots, which may be large. */
function findRows(where: { version?: { lt?: number; in?: number[] } }, limit: number) {
  return getDatabase().policyVersion.findMany({ where, select: columns, orderBy: { version: "desc" }, take: limit });
}
export type VersionRow = Awaited<ReturnType<typeof findRows>>[number];
type AckRow = { version: number; nodeId: string; isApplied: boolean; reason: string | null; at: Date };
type NodeRow = { id: string; name: string; lastSeenAt: Date | null };
type Places = { inForce: number; trial: { version: number; nodeIds: readonly string[] | null } | null };

/** @param nodeIds of a trial on some nodes; null for one on a part of the subscribers */
function placesOf(heads: Awaited<ReturnType<typeof readPolicyHeads>>): Places {
  const { inForce, trial } = heads;
  if (trial === null) return { inForce: inForce?.version ?? 0, trial: null };
  const scope = publishScopeSchema.parse(trial.scope);
  const nodeIds = scope.kind === "nodes" ? scope.nodeIds : null;
  return { inForce: inForce?.version ?? 0, trial: { version: trial.version, nodeIds } };
}

function stateOf(version: number, { inForce, trial }: Places): PolicyVersion["state"] {
  return version === inForce ? "in-force" : version === trial?.version ? "trial" : "superseded";
}

function ackOf(node: NodeRow, row: VersionRow, ack: AckRow | undefined, places: Places): NodeAck | null {
  const about = { nodeId: node.id, nodeName: node.name };
  if (ack !== undefined)
    return {
      ...about,
      state: ack.isApplied ? "applied" : "failed",
      at: ack.at.toISOString(),
      reason: ack.reason,
    };
  const state = stateOf(row.version, places);
  if (state === "superseded") return null;
  const scope = publishScopeSchema.parse(row.scope);
  const isTrying = places.trial?.nodeIds?.includes(node.id) === true;
  const isOutside = scope.kind === "nodes" ? !scope.nodeIds.includes(node.id) : state === "in-force" && isTrying;
  const waiting = isNodeConnected(node) ? "waiting" : "away";
  return { ...about, state: isOutside ? "not-in-scope" : waiting, at: null, reason: null };
}

/** Versions as pages show them, with what every node answered; of superseded ones only the answers that came. */
export async function describeVersions(rows: readonly VersionRow[]): Promise<PolicyVersion[]> {
  const database = getDatabase();
  const [heads, nodes, acks, nameOf] = await Promise.all([
    readPolicyHeads(database),
    database.node.findMany({
      where: { kind: "proxy", revokedAt: null },
      select: { id: true, name: true, lastSeenAt: true },
      orderBy: { id: "asc" },
    }),
    database.policyAck.findMany({ where: { version: { in: rows.map(({ version }) => version) } } }),
    staffNames(rows.map(({ publishedBy }) => publishedBy)),
  ]);
  const places = placesOf(heads);
  const ackByKey = new Map(acks.map((ack) => [`${ack.version} ${ack.nodeId}`, ack]));
  return rows.map((row) => ({
    version: row.version,
    kind: row.kind,
    sourceVersion: row.sourceVersion,
    scope: publishScopeSchema.parse(row.scope),
    state: stateOf(row.version, places),
    reason: row.reason,
    publishedAt: row.publishedAt.toISOString(),
    publishedBy: nameOf(row.publishedBy),
    acks: nodes
      .map((node) => ackOf(node, row, ackByKey.get(`${row.version} ${node.id}`), places))
      .filter((ack) => ack !== null),
  }));
}

/** The rows of one page, newest first, and one more. */
export function findVersionRows(before: number | null, limit: number): Promise<VersionRow[]> {
  return findRows(before === null ? {} : { version: { lt: before } }, limit);
}

/** Errors: AppError POLICY_VERSION_UNKNOWN. */
export async function describeVersion(version: number): Promise<PolicyVersion> {
  const [described] = await describeVersions(await findRows({ version: { in: [version] } }, 1));
  if (described === undefined) throw new AppError("POLICY_VERSION_UNKNOWN", `There is no policy version ${version}.`);
  return described;
}
