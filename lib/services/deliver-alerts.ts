import { getDatabase, Prisma, type Transaction } from "@/lib/db/client";
import { lockKeys } from "@/lib/db/lock-keys";
import { errorSaid } from "@/lib/shared/errors";
import { alertMessage } from "./alert-message";
import { webhookId } from "./alert-webhook";
import { sendWebhook } from "./send-webhook";

const transactionMs = 20_000;
const retryMs = 30_000;
const maxAlerts = 100;

function readUntold(transaction: Transaction, mutedKinds: readonly string[]) {
  const isFiring = { firedAt: { not: null }, resolvedAt: null, toldState: null, kind: { notIn: [...mutedKinds] } };
  const isOver = { resolvedAt: { not: null }, toldState: "firing" };
  return transaction.alert.findMany({ where: { OR: [isFiring, isOver] }, orderBy: { id: "asc" }, take: maxAlerts });
}

async function deliver(transaction: Transaction, now: Date): Promise<void> {
  const webhook = await transaction.alertWebhook.findUnique({ where: { id: webhookId } });
  const failedAtMs = webhook?.failedAt?.getTime() ?? 0;
  if (webhook === null || now.getTime() - failedAtMs < retryMs) return;
  const muted = await transaction.alertRule.findMany({ where: { mutedUntil: { gt: now } }, select: { kind: true } });
  const rows = await readUntold(
    transaction,
    muted.map(({ kind }) => kind),
  );
  if (rows.length === 0) return;
  const told = rows.map((row) => ({ ...row, firedAt: row.firedAt ?? row.since }));
  const failed = await sendWebhook(webhook.url, alertMessage(told)).then(() => null, errorSaid);
  const outcome =
    failed === null
      ? { sentAt: now, failure: null, failureTold: Prisma.DbNull, failedAt: null }
      : { failure: failed.text, failureTold: failed.told, failedAt: now };
  await transaction.alertWebhook.update({ where: { id: webhookId }, data: outcome });
  if (failed !== null) return;
  for (const isOver of [true, false]) {
    const ids = rows.filter(({ resolvedAt }) => (resolvedAt !== null) === isOver).map(({ id }) => id);
    await transaction.alert.updateMany({
      where: { id: { in: ids } },
      data: { toldState: isOver ? "resolved" : "firing" },
    });
  }
}

/**
 * Send to the webhook what fired and is not muted, and what is over of that. What fails is sent again after a while: at
 * least once, each with the same fingerprint.
 */
export async function deliverAlerts(now = new Date()): Promise<void> {
  await getDatabase().$transaction(
    async (transaction) => {
      const [lock] = await transaction.$queryRaw<{ got: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${lockKeys.alertDelivery}) AS got`;
      if (lock?.got === true) await deliver(transaction, now);
    },
    { timeout: transactionMs },
  );
}
