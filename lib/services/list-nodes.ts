import type { NodeList } from "@/lib/contracts/nodes";
import { nodeStatusSchema } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { isNodeConnected } from "./connected-nodes";

/** A proxy node as whoever chooses among them needs it. */
export type KnownNode = NodeList["nodes"][number];

/** Every proxy node that is not revoked, by id. */
export async function readNodes(): Promise<KnownNode[]> {
  const rows = await getDatabase().node.findMany({ where: { kind: "proxy", revokedAt: null }, orderBy: { id: "asc" } });
  return rows.map((row) => {
    const status = nodeStatusSchema.safeParse(row.status).data;
    const most = status?.settings?.maxConnections ?? 0;
    const { id, name, region, address, isDraining } = row;
    const load = most === 0 ? 0 : Math.min(1, (status?.sessions ?? 0) / most);
    return { id, name, region, address, isDraining, isHeard: isNodeConnected(row), load };
  });
}
