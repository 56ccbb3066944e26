import { type LiveEvent, type LiveRate, liveEventSchema } from "@/lib/contracts/live";
import { EventStreamParser } from "@/lib/shared/event-stream";
import type { SignedInStaff } from "./started-demo";

export type RatePart = "lte" | "wifi";

/** Payload rates of all paths, as the portal shows them, five times a second while this is followed. */
export class LiveRates {
  private readonly rates: LiveRate[] = [];
  private readonly abort = new AbortController();
  private readonly ended: Promise<void>;
  private failure: unknown = null;

  constructor(staff: SignedInStaff) {
    this.ended = this.follow(staff).catch((error: unknown) => {
      if (!this.abort.signal.aborted) this.failure = error;
    });
  }

  /**
   * Megabits a second, over all of the span that rates cover: each rate holds from the one before it.
   * NaN where there are none. Errors: what ended the stream.
   */
  meanMbps(direction: "download" | "upload", parts: readonly RatePart[], fromMs: number, toMs: number): number {
    if (this.failure !== null) throw this.failure;
    let megabits = 0;
    let spanMs = 0;
    for (const [index, rate] of this.rates.entries()) {
      const before = this.rates[index - 1];
      if (before === undefined || Date.parse(before.at) < fromMs || Date.parse(rate.at) > toMs) continue;
      const ms = Date.parse(rate.at) - Date.parse(before.at);
      const bps = direction === "download" ? rate.downloadBps : rate.uploadBps;
      megabits += (parts.reduce((sum, part) => sum + bps[part], 0) * ms) / 1e9;
      spanMs += ms;
    }
    return (megabits * 1000) / spanMs;
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.ended;
  }

  private async follow(staff: SignedInStaff): Promise<void> {
    const response = await staff.fetch("/api/live", { signal: this.abort.signal });
    const parser = new EventStreamParser();
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read())
      for (const { data } of parser.push(decoder.decode(chunk.value, { stream: true })))
        this.take(liveEventSchema.parse(JSON.parse(data)));
  }

  private take(event: LiveEvent): void {
    if (event.type === "rate") this.rates.push(event.rate);
  }
}
