import {
  type NodeOrder,
  type NodeOrderNote,
  type NodeProfile,
  type NodeSettings,
  nodeSettingsSchema,
  noNodeSettings,
  type ShownNodeOrder,
} from "@/lib/contracts/nodes";
import type { Role } from "@/lib/contracts/portal";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type NodeOrderKind, type Transaction } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { etagOf } from "./lost-update";
import { staffNames } from "./staff-names";

/** Roles that may drain, restart and set nodes. */
export const nodeRoles: readonly Role[] = ["admin", "operator"];

type NodeRow = {
  id: string;
  name: string;
  kind: "proxy" | "testbed";
  lastSeenAt: Date | null;
  orderRevision: number;
  isDraining: boolean;
  restarts: number;
  settings: unknown;
  region: string | null;
  address: string | null;
  hasJoined: boolean;
  secretChangedAt: Date | null;
  isCredentialDue: boolean;
  revokedAt: Date | null;
};

/** Settings as they are stored: what an older version did not know is unset. */
export function settingsOf(stored: unknown): NodeSettings {
  return nodeSettingsSchema.safeParse({ ...noNodeSettings, ...(stored as object | null) }).data ?? noNodeSettings;
}

export function profileOf({ name, region, address }: Pick<NodeRow, "name" | "region" | "address">): NodeProfile {
  return { name, region, address };
}

function asOrder(row: NodeRow): NodeOrder {
  const { orderRevision: revision, isDraining, restarts, isCredentialDue } = row;
  return { revision, isDraining, restarts, settings: settingsOf(row.settings), isCredentialDue };
}

/** What a proxy node is to do; null: no such proxy. */
export async function findNodeOrder(nodeId: string): Promise<NodeOrder | null> {
  const row = await getDatabase().node.findUnique({ where: { id: nodeId } });
  return row?.kind === "proxy" ? asOrder(row) : null;
}

/** The orders of this proxy node (null: of all that are not revoked) with who gave them, by node. */
export async function showNodeOrders(nodeId: string | null): Promise<Map<string, ShownNodeOrder>> {
  const database = getDatabase();
  const which = nodeId === null ? { revokedAt: null } : { id: nodeId };
  const rows = await database.node.findMany({ where: { kind: "proxy", ...which } });
  const notes = await database.nodeOrder.findMany({
    where: nodeId === null ? {} : { nodeId },
    orderBy: [{ nodeId: "asc" }, { kind: "asc" }, { revision: "desc" }],
    distinct: ["nodeId", "kind"],
  });
  const nameOf = await staffNames(notes.map(({ orderedBy }) => orderedBy));
  const lastNote = (id: string, kinds: readonly NodeOrderKind[]): NodeOrderNote | null => {
    const [last] = notes
      .filter((note) => note.nodeId === id && kinds.includes(note.kind))
      .sort((a, b) => b.revision - a.revision);
    if (last === undefined) return null;
    return { by: nameOf(last.orderedBy), at: last.orderedAt.toISOString(), reason: last.reason };
  };
  return new Map(
    rows.map((row) => [
      row.id,
      {
        ...asOrder(row),
        drainNote: lastNote(row.id, ["drain", "resume"]),
        restartNote: lastNote(row.id, ["restart"]),
        settingsNote: lastNote(row.id, ["settings"]),
        profile: profileOf(row),
        profileEtag: etagOf(profileOf(row)),
        hasJoined: row.hasJoined,
        credentialChangedAt: row.secretChangedAt?.toISOString() ?? null,
        isRevoked: row.revokedAt !== null,
      },
    ]),
  );
}

type ChangedColumns = Partial<
  Pick<NodeRow, "isDraining" | "restarts" | "name" | "region" | "address" | "isCredentialDue" | "revokedAt">
> & {
  settings?: NodeSettings;
};

export type NodeChange = {
  kind: NodeOrderKind;
  /** What changes of the row; null: it is so already, nothing is written. */
  change: (row: NodeRow) => ChangedColumns | null;
};

/** What the audit log has of a node before and after. */
function audited(row: NodeRow): object {
  const { isDraining, restarts, settings, name, region, address, isCredentialDue, revokedAt } = row;
  return { isDraining, restarts, settings, name, region, address, isCredentialDue, revokedAt };
}

/**
 * Give a proxy node another order: it is kept, told to the node at once (or when it is back), and audited.
 * Errors: AppError AUTH_FORBIDDEN, NODE_UNKNOWN, and those of `change`.
 */
export function orderNode(
  staff: StaffActor,
  input: { nodeId: string; reason: string },
  change: NodeChange,
): Promise<ShownNodeOrder> {
  requireRole(staff, nodeRoles);
  return giveNodeOrder(auditName(staff), input, change);
}

/** The same, by whom the audit log names. Errors: AppError NODE_UNKNOWN, and those of `change`. */
export async function giveNodeOrder(
  orderedBy: string,
  { nodeId, reason }: { nodeId: string; reason: string },
  { kind, change }: NodeChange,
): Promise<ShownNodeOrder> {
  await getDatabase().$transaction(async (transaction) => {
    const before = await lockNode(transaction, nodeId);
    const changes = change(before);
    if (changes === null) return;
    const revision = before.orderRevision + 1;
    await transaction.node.update({ where: { id: nodeId }, data: { ...changes, orderRevision: revision } });
    await transaction.nodeOrder.create({
      data: { nodeId, revision, kind, orderedBy, orderedAt: new Date(), reason },
    });
    const audit = { actor: orderedBy, action: `node.${kind}`, target: `node:${nodeId}`, reason };
    await appendAudit(transaction, { ...audit, before: audited(before), after: audited({ ...before, ...changes }) });
    await notifyDatabase(transaction, { type: "node", nodeId });
  });
  const order = (await showNodeOrders(nodeId)).get(nodeId);
  if (order === undefined) throw unknownNode(nodeId);
  return order;
}

function unknownNode(nodeId: string): AppError {
  return new AppError("NODE_UNKNOWN", `There is no proxy node ${nodeId}.`);
}

/** The node's row, locked to the end of the transaction. Errors: AppError NODE_UNKNOWN. */
export async function lockNode(transaction: Transaction, nodeId: string): Promise<NodeRow> {
  await transaction.$executeRaw`SELECT 1 FROM nodes WHERE id = ${nodeId} FOR UPDATE`;
  const row = await transaction.node.findUnique({ where: { id: nodeId } });
  if (row?.kind !== "proxy" || row.revokedAt !== null) throw unknownNode(nodeId);
  return row;
}
