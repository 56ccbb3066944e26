import type { Access } from "@/lib/contracts/access";
import type { SessionFacts } from "./verdict-facts";

/** A path that carries less does not count as used. */
const usedShare = 0.02;

export const other = (access: Access): Access => (access === "lte" ? "wifi" : "lte");

export function bytesOver(session: SessionFacts, access?: Access): number {
  const paths = session.paths.filter((path) => access === undefined || path.access === access);
  return paths.reduce((sum, { bytes }) => sum + bytes, 0);
}

export function sumOver(sessions: readonly SessionFacts[], access?: Access): number {
  return sessions.reduce((sum, session) => sum + bytesOver(session, access), 0);
}

/** The access of most of the events, for a sentence that names one. */
export function accessOf(events: readonly { access: Access | null }[]): Access | null {
  const counts = new Map<Access, number>();
  for (const { access } of events) if (access !== null) counts.set(access, (counts.get(access) ?? 0) + 1);
  const [most] = [...counts].sort((one, other) => other[1] - one[1]);
  return most?.[0] ?? null;
}

/** Per session: the access that was left for dead last, and has not come back. */
export function staleAccess({ events }: SessionFacts): Access | null {
  const stale = new Set<Access>();
  for (const { kind, cause, access } of events) {
    if (access === null) continue;
    if (kind === "stalled" || (kind === "closed" && (cause === "stalled" || cause === "too-slow"))) stale.add(access);
    if (kind === "recovered" || kind === "joined") stale.delete(access);
  }
  const [first] = stale;
  return first ?? null;
}

export function used(seen: readonly SessionFacts[], access: Access): boolean {
  return sumOver(seen, access) > usedShare * sumOver(seen);
}
