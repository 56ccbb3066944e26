/** The address of the page for a subscriber, now or at a moment. It holds the subscriber's id, never a number. */
export function supportAddress(subscriberId: string, at: string | null): string {
  return `/support?subscriber=${subscriberId}${at === null ? "" : `&at=${at}`}`;
}
