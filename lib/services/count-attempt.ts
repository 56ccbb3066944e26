import { getDatabase } from "@/lib/db/client";
import { lockKeys } from "@/lib/db/lock-keys";
import { sourceKey } from "@/lib/policy";
import { sha256Hex } from "@/lib/shared/ids";

/**
 * Note one try of a kind from a source, among the attempts to sign in.
 *
 * @param source where it came from (the client's address)
 * @returns how many there were within `windowMs`, this one included, and how to take it back
 */
export async function countAttempt(
  kind: string,
  source: string,
  windowMs: number,
): Promise<{ count: number; forget: () => Promise<void> }> {
  const database = getDatabase();
  const attempt = { accountHash: sha256Hex(kind), source: `${kind} ${sourceKey(source)}` };
  const { id, count } = await database.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${lockKeys.attempts})`;
    const expired = { accountHash: attempt.accountHash, at: { lt: new Date(Date.now() - windowMs) } };
    await transaction.signInAttempt.deleteMany({ where: expired });
    const { id } = await transaction.signInAttempt.create({ data: attempt });
    return { id, count: await transaction.signInAttempt.count({ where: attempt }) };
  });
  const forget = async () => {
    await database.signInAttempt.deleteMany({ where: { id } });
  };
  return { count, forget };
}
