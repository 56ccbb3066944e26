/**
 * Bytes a second over the recent past, older bytes counting less and less. Exact from the first sample on: the weights
 * of what has been seen always add up to one.
 */
export class RateEstimate {
  private readonly timeConstantMs: number;
  private weightedBytes = 0;
  private weightedMs = 0;

  constructor(timeConstantMs: number) {
    this.timeConstantMs = timeConstantMs;
  }

  add(bytes: number, durationMs: number): void {
    const kept = Math.exp(-durationMs / this.timeConstantMs);
    this.weightedBytes = this.weightedBytes * kept + bytes;
    this.weightedMs = this.weightedMs * kept + durationMs;
  }

  get bytesPerSecond(): number {
    return this.weightedMs > 0 ? (this.weightedBytes * 1000) / this.weightedMs : 0;
  }
}
