import type { EnrolmentCode } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { requireEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { enrolmentCodeHash, newEnrolmentCode } from "./enrolment-code";
import { lockSubscriber } from "./subscriber-row";

const lifetimeMs = 15 * 60_000;
const maxOpen = 5;
/** Used and expired codes are kept this long, so that nothing they name is made again. */
const keptMs = 24 * 3_600_000;

/** The code with the ways to hand it over: as a QR code's text, and as a command. */
function asEnrolmentCode(code: string, expiresAt: Date): EnrolmentCode {
  const portal = new URL(requireEnv("NEXTAUTH_URL")).origin;
  return {
    code,
    expiresAt: expiresAt.toISOString(),
    uri: `twinpath://enrol?${new URLSearchParams({ portal, code })}`,
    command: `npm run twinpath -- agent --portal ${portal} --code ${code} --proxy PROXY:1080`,
  };
}

/**
 * A code with which one device of this subscriber enrols itself: shown once, works once, for 15 minutes.
 * Errors: AppError AUTH_FORBIDDEN, NOT_FOUND, ENROLMENT_TOO_MANY.
 */
export async function createEnrolmentCode(staff: StaffActor, subscriberId: string): Promise<EnrolmentCode> {
  requireRole(staff, subscriberWriters);
  const code = newEnrolmentCode();
  const nowMs = Date.now();
  const expiresAt = new Date(nowMs + lifetimeMs);
  await getDatabase().$transaction(async (transaction) => {
    const subscriber = await lockSubscriber(transaction, subscriberId);
    if (subscriber === null) throw new AppError("NOT_FOUND", "No subscriber has this id (any more).");
    await transaction.enrolmentCode.deleteMany({ where: { expiresAt: { lt: new Date(nowMs - keptMs) } } });
    const where = { subscriberId, usedAt: null, expiresAt: { gt: new Date(nowMs) } };
    if ((await transaction.enrolmentCode.count({ where })) >= maxOpen)
      throw new AppError(
        "ENROLMENT_TOO_MANY",
        `This subscriber has ${maxOpen} codes that were not used. Use one of them, or wait until they expire.`,
      );
    await transaction.enrolmentCode.create({ data: { codeHash: enrolmentCodeHash(code), subscriberId, expiresAt } });
    const audit = { actor: auditName(staff), action: "device.invite", target: `subscriber:${subscriberId}` };
    await appendAudit(transaction, { ...audit, after: { expiresAt } });
  });
  return asEnrolmentCode(code, expiresAt);
}
