import type { NodeCredential } from "@/lib/contracts/nodes";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import { AppError } from "@/lib/shared/errors";
import { newSecret, newShortId, sha256Hex } from "@/lib/shared/ids";
import { countAttempt } from "./count-attempt";
import { joinCodeHash } from "./node-join-code";

const windowMs = 15 * 60_000;
/** Wrong codes of one source in the window before further ones are refused unread. */
const maxWrong = 10;

type Invited = { name: string; region: string | null };

/** Uses the code up, where it is open. */
async function takeCode(transaction: Transaction, code: string): Promise<Invited | null> {
  const rows = await transaction.$queryRaw<Invited[]>`
    UPDATE node_join_codes SET used_at = now()
    WHERE code_hash = ${joinCodeHash(code)} AND used_at IS NULL AND expires_at > now()
    RETURNING name, region`;
  return rows[0] ?? null;
}

/**
 * Make a proxy node of whoever has a join code. A wrong, a used and an expired code get one answer.
 *
 * @param source where the try came from (the client's address), for slowing it down
 * @returns the credential, shown once
 * Errors: AppError JOIN_REFUSED, JOIN_THROTTLED.
 */
export async function joinNode(input: {
  code: string;
  address: string | null;
  source: string;
}): Promise<NodeCredential> {
  const { count, forget } = await countAttempt("node join", input.source, windowMs);
  if (count > maxWrong) {
    await forget();
    throw new AppError("JOIN_THROTTLED", "Too many wrong codes. Wait a quarter of an hour and try again.");
  }
  const nodeId = `node-${newShortId(6)}`;
  const secret = newSecret();
  const { address } = input;
  await getDatabase().$transaction(async (transaction) => {
    const invited = await takeCode(transaction, input.code);
    if (invited === null)
      throw new AppError("JOIN_REFUSED", "This code is wrong, was used, or has expired. Make a new one in the portal.");
    const told = { ...invited, kind: "proxy" as const, address };
    const data = { ...told, hasJoined: true, secretSha256: sha256Hex(secret), secretChangedAt: new Date() };
    await transaction.node.create({ data: { id: nodeId, ...data } });
    const target = `node:${nodeId}`;
    await appendAudit(transaction, { actor: target, action: "node.join", target, after: told });
    await notifyDatabase(transaction, { type: "node", nodeId });
  });
  await forget();
  return { nodeId, credential: `${nodeId}.${secret}` };
}
