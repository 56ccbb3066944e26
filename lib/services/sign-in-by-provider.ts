import { randomUUID } from "node:crypto";
import type { Me, Role } from "@/lib/contracts/portal";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";

/** Somebody whom the operator's provider has authenticated. */
type Identity = {
  /** Unique and never given to another one. */
  subject: string;
  /** In lower case; null where the provider does not vouch for one. */
  email: string | null;
  name: string;
  /** By the groups they are in now; null for none. */
  role: Role | null;
};

const actor = "single-sign-on";

async function create(transaction: Transaction, { subject, email, name }: Identity, role: Role): Promise<Me> {
  if (email === null)
    throw new AppError(
      "SSO_NO_EMAIL",
      "The provider gives no email address that it vouches for; an account needs one.",
    );
  if ((await transaction.staff.count({ where: { email } })) > 0)
    throw new AppError(
      "SSO_EMAIL_TAKEN",
      "A local account has this email address: sign in with its password, or have an administrator end it.",
    );
  const id = randomUUID();
  await transaction.staff.create({ data: { id, email, name, role, ssoSubject: subject } });
  await appendAudit(transaction, {
    actor,
    action: "staff.create",
    target: `staff:${id}`,
    after: { name, email, role, subject },
  });
  return { id, email, name, role, language: null };
}

/**
 * The account of somebody whom the provider has authenticated, made at their first sign-in; the role is what their groups
 * say at each one. A local account is never taken over by its email address.
 *
 * Errors: AppError SSO_NO_ROLE, SSO_NO_EMAIL, SSO_EMAIL_TAKEN, SSO_DISABLED.
 */
export function signInByProvider(identity: Identity): Promise<Me> {
  return getDatabase().$transaction(async (transaction) => {
    await transaction.$executeRaw`LOCK TABLE staff IN EXCLUSIVE MODE`;
    const { subject, role } = identity;
    const known = await transaction.staff.findUnique({ where: { ssoSubject: subject } });
    if (known !== null && known.disabledAt !== null)
      throw new AppError("SSO_DISABLED", "This account was disabled in the portal.");
    if (role === null) throw new AppError("SSO_NO_ROLE", "None of your groups has a role in this portal.");
    if (known === null) return create(transaction, identity, role);
    const { id, email, name, language } = known;
    if (known.role !== role) {
      await transaction.staff.update({ where: { id }, data: { role } });
      await appendAudit(transaction, {
        actor,
        action: "staff.update",
        target: `staff:${id}`,
        reason: "The groups at the provider changed.",
        before: { name, role: known.role, isDisabled: false },
        after: { name, role, isDisabled: false },
      });
    }
    return { id, email, name, role, language };
  });
}
