import type { DeviceCredential } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { newSecret, newShortId, sha256Hex } from "@/lib/shared/ids";
import { countAttempt } from "./count-attempt";
import { enrolmentCodeHash } from "./enrolment-code";

const windowMs = 15 * 60_000;
/** Wrong codes of one source in the window before further ones are refused unread. */
const maxWrong = 10;
/** Uses the code up, where it is open. */
async function takeCode(transaction: Transaction, code: string): Promise<string | null> {
  const rows = await transaction.$queryRaw<{ subscriberId: string }[]>`
    UPDATE enrolment_codes SET used_at = now()
    WHERE code_hash = ${enrolmentCodeHash(code)} AND used_at IS NULL AND expires_at > now()
    RETURNING subscriber_id AS "subscriberId"`;
  return rows[0]?.subscriberId ?? null;
}

/**
 * Make a device of the subscriber that the code was made for. A wrong, a used and an expired code get one answer.
 *
 * @param source where the try came from (the client's address), for slowing it down
 * @returns the secret, shown once
 * Errors: AppError ENROLMENT_REFUSED, ENROLMENT_THROTTLED.
 */
export async function enrolByCode(input: { code: string; name: string; source: string }): Promise<DeviceCredential> {
  const database = getDatabase();
  const { count, forget } = await countAttempt("enrolment by code", input.source, windowMs);
  if (count > maxWrong) {
    await forget();
    throw new AppError("ENROLMENT_THROTTLED", "Too many wrong codes. Wait a quarter of an hour and try again.");
  }
  const deviceId = `device-${newShortId(8)}`;
  const secret = newSecret();
  await database.$transaction(async (transaction) => {
    const subscriberId = await takeCode(transaction, input.code);
    if (subscriberId === null)
      throw new AppError(
        "ENROLMENT_REFUSED",
        "This code is wrong, was used, or has expired. Ask the operator for a new one.",
      );
    const data = { id: deviceId, name: input.name, subscriberId, secretSha256: sha256Hex(secret) };
    await transaction.device.create({ data });
    const after = { subscriberId, name: input.name, by: "enrolment code" };
    await appendAudit(transaction, {
      actor: `device:${deviceId}`,
      action: "device.enrol",
      target: `device:${deviceId}`,
      after,
    });
  });
  await forget();
  return { deviceId, secret };
}
