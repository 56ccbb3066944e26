import type { AlertWebhook } from "@/lib/contracts/alerts";
import type { Role } from "@/lib/contracts/portal";
import { toldSchema } from "@/lib/contracts/told";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { alertMessage } from "./alert-message";
import { sendWebhook } from "./send-webhook";
import { resolveWebhook } from "./webhook-address";

/** Roles that may say where alerts are sent to: an address outside. */
export const webhookRoles: readonly Role[] = ["admin"];
/** There is one. */
export const webhookId = "main";

const none: AlertWebhook = { origin: null, sentAt: null, failure: null, failureTold: null };
const originOf = (url: string): string => new URL(url).origin;

/** Where alerts are sent to, without the path, which may be a secret. Errors: AppError AUTH_FORBIDDEN. */
export async function getAlertWebhook(staff: StaffActor): Promise<AlertWebhook> {
  requireRole(staff, webhookRoles);
  const row = await getDatabase().alertWebhook.findUnique({ where: { id: webhookId } });
  if (row === null) return none;
  const { url, sentAt, failure } = row;
  const failureTold = toldSchema.nullable().parse(row.failureTold);
  return { origin: originOf(url), sentAt: sentAt?.toISOString() ?? null, failure, failureTold };
}

/**
 * Send alerts there from now on; null: nowhere. Nobody can read what it replaces, so there is nothing to merge.
 * Errors: AppError AUTH_FORBIDDEN, WEBHOOK_REFUSED, WEBHOOK_FAILED for a name that cannot be resolved.
 */
export async function saveAlertWebhook(staff: StaffActor, url: string | null, now = new Date()): Promise<AlertWebhook> {
  requireRole(staff, webhookRoles);
  if (url !== null) await resolveWebhook(url);
  await getDatabase().$transaction(async (transaction) => {
    const before = await transaction.alertWebhook.findUnique({ where: { id: webhookId } });
    const changedBy = auditName(staff);
    await transaction.alertWebhook.deleteMany({ where: { id: webhookId } });
    if (url !== null)
      await transaction.alertWebhook.create({ data: { id: webhookId, url, changedBy, changedAt: now } });
    await appendAudit(transaction, {
      actor: changedBy,
      action: "alert.webhook",
      target: `alert-webhook:${webhookId}`,
      before: before === null ? null : { origin: originOf(before.url) },
      after: url === null ? null : { origin: originOf(url) },
    });
  });
  return getAlertWebhook(staff);
}

/**
 * Send an alert that says it is a test, now.
 * Errors: AppError AUTH_FORBIDDEN, WEBHOOK_MISSING, WEBHOOK_REFUSED, WEBHOOK_FAILED.
 */
export async function testAlertWebhook(staff: StaffActor, now = new Date()): Promise<null> {
  requireRole(staff, webhookRoles);
  const row = await getDatabase().alertWebhook.findUnique({ where: { id: webhookId } });
  if (row === null) throw new AppError("WEBHOOK_MISSING", "No webhook is set. Save its address first.");
  await getDatabase().$transaction((transaction) =>
    appendAudit(transaction, {
      actor: auditName(staff),
      action: "alert.webhook-test",
      target: `alert-webhook:${webhookId}`,
    }),
  );
  const about = { kind: "test", subject: "test", subjectName: "A test", detail: "Somebody tries the webhook." };
  await sendWebhook(row.url, alertMessage([{ ...about, firedAt: now, resolvedAt: now }]));
  return null;
}
