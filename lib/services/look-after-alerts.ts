import { type AlertKind, alertKindSchema } from "@/lib/contracts/alerts";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { lockKeys } from "@/lib/db/lock-keys";
import type { Said, Told } from "@/lib/shared/said";
import { advanceAlerts } from "./advance-alerts";
import { readAlertReadings } from "./alert-readings";

/** How long an alert that is over is kept. */
const keptMs = 90 * 24 * 3_600_000;

async function isFirst(transaction: Transaction): Promise<boolean> {
  const [row] = await transaction.$queryRaw<{ got: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${lockKeys.alerts}) AS got`;
  return row?.got === true;
}

const kindOf = (kind: string): AlertKind => alertKindSchema.parse(kind);

/** The two forms that an alert's sentence is kept in. */
function storedSentence({ text, told }: Said): { detail: string; told: Told } {
  return { detail: text, told };
}

/** Beside reports of busy nodes. */
const lookTimeoutMs = 30_000;

/** Look once at everything that alerts are about: begin, go on, fire and end them. */
export async function lookAfterAlerts(now = new Date()): Promise<void> {
  await getDatabase().$transaction(
    async (transaction) => {
      if (!(await isFirst(transaction))) return;
      const rules = (await transaction.alertRule.findMany()).map((rule) => ({ ...rule, kind: kindOf(rule.kind) }));
      const open = await transaction.alert.findMany({
        where: { resolvedAt: null },
        select: { id: true, kind: true, subject: true, since: true, firedAt: true },
      });
      const thresholds = new Map(rules.map(({ kind, threshold }) => [kind, threshold]));
      const readings = await readAlertReadings(transaction, thresholds, now);
      const known = open.map((alert) => ({ ...alert, kind: kindOf(alert.kind) }));
      const { begin, goOn, resolve, forget } = advanceAlerts(rules, known, readings, now);
      await transaction.alert.createMany({
        data: begin.map(({ said, ...alert }) => ({ ...alert, ...storedSentence(said), since: now })),
      });
      for (const { id, said, firedAt } of goOn)
        await transaction.alert.update({ where: { id }, data: { ...storedSentence(said), firedAt } });
      await transaction.alert.updateMany({ where: { id: { in: resolve } }, data: { resolvedAt: now } });
      await transaction.alert.deleteMany({ where: { id: { in: forget } } });
      await transaction.alert.deleteMany({ where: { resolvedAt: { lt: new Date(now.getTime() - keptMs) } } });
    },
    { timeout: lookTimeoutMs },
  );
}
