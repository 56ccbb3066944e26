import type { LinkReading } from "@/lib/policy";
import { RateEstimate } from "@/lib/policy/steering/rate-estimate";

const bestForMs = 10_000;

/** What the sessions of one subscriber together get over one link. */
export class LinkUse implements LinkReading {
  progressMs = Number.NEGATIVE_INFINITY;
  private best = 0;
  private addedMs: number | null = null;
  private readonly recent = new RateEstimate(150);

  get bytesPerSecond(): number {
    return this.recent.bytesPerSecond;
  }

  get bestBytesPerSecond(): number {
    return Math.max(this.best, this.recent.bytesPerSecond);
  }

  /** So many more were acknowledged on one of its paths. */
  add(bytes: number, nowMs: number): void {
    const sinceMs = this.addedMs === null ? 0 : nowMs - this.addedMs;
    if (sinceMs > 0) this.best = this.bestBytesPerSecond * Math.exp(-sinceMs / bestForMs);
    this.addedMs = nowMs;
    this.recent.add(bytes, sinceMs);
    if (bytes > 0) this.progressMs = nowMs;
  }
}
