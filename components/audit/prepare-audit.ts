import { formatTime, type Zone } from "@/components/time/format-time";
import { canonicalJson } from "@/lib/shared/canonical-json";
import type { Translate } from "@/lib/words/translate";

export type AuditDifference = {
  /** `scope.nodeIds`; empty where the value itself is no object. */
  field: string;
  /** Null: was not there, or is not there any more. */
  before: string | null;
  after: string | null;
};

type Leaves = Map<string, string>;

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every value below, by its path; a list is one value. */
function leavesOf(value: unknown, path: string, leaves: Leaves): Leaves {
  if (value === null || value === undefined) return leaves;
  if (isFields(value))
    for (const [name, part] of Object.entries(value)) leavesOf(part, path === "" ? name : `${path}.${name}`, leaves);
  else leaves.set(path, typeof value === "string" ? value : canonicalJson(value));
  return leaves;
}

/** What differs between the two sides of an entry, field by field, in the order of their names. */
export function prepareAuditDiff(before: unknown, after: unknown): AuditDifference[] {
  const left = leavesOf(before, "", new Map());
  const right = leavesOf(after, "", new Map());
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((field) => ({ field, before: left.get(field) ?? null, after: right.get(field) ?? null }))
    .filter((change) => change.before !== change.after);
}

/** The moment a day begins in the zone; null for no day. */
function startOf(day: string, zone: Zone, plusDays: number): string | null {
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined || !/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const at =
    zone === "utc" ? new Date(Date.UTC(year, month - 1, date + plusDays)) : new Date(year, month - 1, date + plusDays);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** From the first of two days (`2026-11-28`) to the end of the other, in the zone that the user chose. */
export function prepareDayRange(
  fromDay: string,
  toDay: string,
  zone: Zone,
): { from: string | null; to: string | null } {
  return { from: startOf(fromDay, zone, 0), to: startOf(toDay, zone, 1) };
}

/** A moment with its year: entries may be old. */
export function formatAuditTime(t: Translate, at: string, zone: Zone): string {
  return formatTime(t, at, "full", zone);
}
