import type { AlertKind } from "@/lib/contracts/alerts";
import type { Said } from "@/lib/shared/said";

/** Something that is so now and beyond its rule's threshold. */
export type AlertReading = { kind: AlertKind; subject: string; subjectName: string; said: Said };
export type HeldRule = { kind: AlertKind; isOn: boolean; holdSeconds: number };
/** An alert that is not over; it waits for its rule's hold time while `firedAt` is null. */
export type OpenAlert = { id: bigint; kind: AlertKind; subject: string; since: Date; firedAt: Date | null };

export type AlertChanges = {
  begin: (AlertReading & { firedAt: Date | null })[];
  goOn: { id: bigint; said: Said; firedAt: Date | null }[];
  /** Fired, and is no longer so. */
  resolve: bigint[];
  /** Was so, but not for long enough to tell anybody. */
  forget: bigint[];
};

const keyOf = ({ kind, subject }: { kind: string; subject: string }): string => `${kind} ${subject}`;

/** What becomes of alerts at a moment, by what is so then. A rule that is off finds nothing. */
export function advanceAlerts(
  rules: readonly HeldRule[],
  open: readonly OpenAlert[],
  readings: readonly AlertReading[],
  now: Date,
): AlertChanges {
  const ruleOf = new Map(rules.filter(({ isOn }) => isOn).map((rule) => [rule.kind, rule]));
  const readingOf = new Map(readings.filter(({ kind }) => ruleOf.has(kind)).map((one) => [keyOf(one), one]));
  const firedAt = (kind: AlertKind, since: Date): Date | null =>
    now.getTime() - since.getTime() >= (ruleOf.get(kind)?.holdSeconds ?? 0) * 1000 ? now : null;
  const changes: AlertChanges = { begin: [], goOn: [], resolve: [], forget: [] };
  for (const alert of open) {
    const reading = readingOf.get(keyOf(alert));
    readingOf.delete(keyOf(alert));
    if (reading !== undefined)
      changes.goOn.push({
        id: alert.id,
        said: reading.said,
        firedAt: alert.firedAt ?? firedAt(alert.kind, alert.since),
      });
    else if (alert.firedAt === null) changes.forget.push(alert.id);
    else changes.resolve.push(alert.id);
  }
  for (const reading of readingOf.values()) changes.begin.push({ ...reading, firedAt: firedAt(reading.kind, now) });
  return changes;
}
