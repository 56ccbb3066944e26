import { randomUUID } from "node:crypto";
import type { NewDemoShare } from "@/lib/contracts/demo-shares";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { requireEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import { auditName, demoRoles, requireRole, type StaffActor } from "./actor";
import { asDemoShare } from "./demo-share-row";

const lifetimeMs = 7 * 24 * 3_600_000;
/** Links that can be opened at the same time, of one run. */
const maxOpen = 10;

/**
 * A link with which anybody sees this one run for seven days. Only the token's hash is stored: the address, with the
 * token behind the `#`, is told once.
 * Errors: AppError AUTH_FORBIDDEN, DEMO_RUN_UNKNOWN, DEMO_RUN_GOES_ON, DEMO_SHARE_TOO_MANY.
 */
export async function createDemoShare(staff: StaffActor, runId: string): Promise<NewDemoShare> {
  requireRole(staff, demoRoles);
  const token = newSecret();
  const nowMs = Date.now();
  const row = await getDatabase().$transaction(async (transaction) => {
    const runs = await transaction.$queryRaw<{ state: string }[]>`
      SELECT state::text FROM demo_runs WHERE id = ${runId}::uuid FOR UPDATE`;
    const state = runs[0]?.state;
    if (state === undefined) throw new AppError("DEMO_RUN_UNKNOWN", "No demo run has this id.");
    if (state === "queued" || state === "running")
      throw new AppError("DEMO_RUN_GOES_ON", "This run goes on. Share it when it has ended.");
    const isOpen = { runId, revokedAt: null, expiresAt: { gt: new Date(nowMs) } };
    if ((await transaction.demoShare.count({ where: isOpen })) >= maxOpen)
      throw new AppError("DEMO_SHARE_TOO_MANY", `This run has ${maxOpen} links. Revoke one of them first.`);
    const id = randomUUID();
    const expiresAt = new Date(nowMs + lifetimeMs);
    const data = { id, runId, tokenHash: sha256Hex(token), createdBy: staff.name, expiresAt };
    const made = await transaction.demoShare.create({ data });
    const audit = { actor: auditName(staff), action: "demo.share", target: `run:${runId}` };
    await appendAudit(transaction, { ...audit, after: { share: id, expiresAt } });
    return made;
  });
  return { ...asDemoShare(row), url: `${new URL(requireEnv("NEXTAUTH_URL")).origin}/shared#${token}` };
}
