import type { QuotaClass } from "./policy-input";

/**
 * The class a subscriber has now: the one it subscribed to, or the one that follows when this month's LTE bytes have
 * reached its quota, and so on along the chain. A chain ends at a class that is unknown, or that it passed already.
 *
 * @returns `isQuotaReached`: another class than the subscribed one is in force
 */
export function classInForce(input: {
  serviceClasses: readonly QuotaClass[];
  subscribedClassId: string;
  lteBytesThisMonth: number;
}): { classId: string; isQuotaReached: boolean } {
  const { serviceClasses, subscribedClassId, lteBytesThisMonth } = input;
  const passed = new Set<string>();
  let classId = subscribedClassId;
  for (;;) {
    passed.add(classId);
    const current = serviceClasses.find(({ id }) => id === classId);
    if (current?.lteQuotaBytes == null || lteBytesThisMonth < current.lteQuotaBytes) break;
    const next = serviceClasses.find(({ id }) => id === current.whenQuotaReached);
    if (next === undefined || passed.has(next.id)) break;
    classId = next.id;
  }
  return { classId, isQuotaReached: classId !== subscribedClassId };
}

/** The first moment of the calendar month (UTC) that a quota counts in. */
export function monthOf(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()));
}
