import type { JoinCode } from "@/lib/contracts/nodes";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { requireEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { joinCodeHash, newJoinCode } from "./node-join-code";
import { nodeRoles } from "./node-orders";

const lifetimeMs = 3_600_000;
const maxOpen = 500;

export type JoiningNode = { name: string; region: string | null };

/**
 * A code with which one proxy node joins: shown once, works once, for an hour.
 *
 * @param actor as the audit log has it
 * Errors: AppError JOIN_TOO_MANY.
 */
export async function makeJoinCode({ name, region }: JoiningNode, actor: string): Promise<JoinCode> {
  const code = newJoinCode();
  const nowMs = Date.now();
  const expiresAt = new Date(nowMs + lifetimeMs);
  await getDatabase().$transaction(async (transaction) => {
    const { nodeJoinCode } = transaction;
    await nodeJoinCode.deleteMany({ where: { expiresAt: { lt: new Date(nowMs) } } });
    if ((await nodeJoinCode.count({ where: { usedAt: null } })) >= maxOpen)
      throw new AppError(
        "JOIN_TOO_MANY",
        `${maxOpen} codes were made and not used. Use them, or wait until they expire.`,
      );
    const codeHash = joinCodeHash(code);
    await nodeJoinCode.create({ data: { codeHash, name, region, createdBy: actor, expiresAt } });
    await appendAudit(transaction, {
      actor,
      action: "node.invite",
      target: "node",
      after: { name, region, expiresAt },
    });
  });
  const portal = new URL(requireEnv("NEXTAUTH_URL")).origin;
  const command = `npm run twinpath -- proxy --portal ${portal} --join ${code}`;
  return { code, expiresAt: expiresAt.toISOString(), command };
}

/** The same for staff. Errors: AppError AUTH_FORBIDDEN, JOIN_TOO_MANY. */
export function createJoinCode(staff: StaffActor, node: JoiningNode): Promise<JoinCode> {
  requireRole(staff, nodeRoles);
  return makeJoinCode(node, auditName(staff));
}
