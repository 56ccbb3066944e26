/** What may pass at once after a pause: a tenth of a second of the rate, and at least one whole datagram. */
const burstSeconds = 0.1;
const largestDatagram = 65_535;

export type Direction = "upload" | "download";

type Bucket = { bytes: number; atMs: number };

/**
 * Caps on datagrams, per subscriber and direction. What is over the cap is dropped: its sender slows down by itself.
 * Source: token bucket, RFC 2697 §3.
 */
export class DatagramRates {
  private readonly buckets = new Map<string, Record<Direction, Bucket>>();

  /**
   * Whether so many bytes may pass now; they are taken then.
   * @param bytesPerSecond null: there is no cap
   */
  take(
    subscriberId: string,
    direction: Direction,
    bytes: number,
    bytesPerSecond: number | null,
    nowMs = performance.now(),
  ): boolean {
    if (bytesPerSecond === null) return true;
    const most = Math.max(bytesPerSecond * burstSeconds, largestDatagram);
    const full = (): Bucket => ({ bytes: most, atMs: nowMs });
    const buckets = this.buckets.get(subscriberId) ?? { upload: full(), download: full() };
    this.buckets.set(subscriberId, buckets);
    const bucket = buckets[direction];
    bucket.bytes = Math.min(most, bucket.bytes + ((nowMs - bucket.atMs) / 1000) * bytesPerSecond);
    bucket.atMs = nowMs;
    if (bucket.bytes < bytes) return false;
    bucket.bytes -= bytes;
    return true;
  }

  /** The subscriber's last association has ended. */
  forget(subscriberId: string): void {
    this.buckets.delete(subscriberId);
  }
}
