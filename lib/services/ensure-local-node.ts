import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { newSecret, sha256Hex } from "@/lib/shared/ids";

/** Enrol a node of this machine, or give it a new credential: the one before is void. @returns `<id>.<secret>`, shown once */
export async function ensureLocalNode(node: {
  id: string;
  name: string;
  kind: "proxy" | "testbed";
}): Promise<{ credential: string }> {
  const secret = newSecret();
  const { id, name, kind } = node;
  await getDatabase().$transaction(async (transaction) => {
    const content = { name, kind, secretSha256: sha256Hex(secret) };
    await transaction.node.upsert({ where: { id }, create: { id, ...content }, update: content });
    await appendAudit(transaction, {
      actor: "system",
      action: "node.enrol",
      target: `node:${id}`,
      after: { name, kind },
    });
  });
  return { credential: `${id}.${secret}` };
}
