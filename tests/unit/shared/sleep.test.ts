import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { sleep } from "@/lib/shared/sleep";

describe("sleep", () => {
  it("ends after its time and leaves no listener", async () => {
    const { signal } = new AbortController();
    const began = performance.now();
    await sleep(30, signal);
    expect(performance.now() - began).toBeGreaterThan(28);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("ends at once, without error, where the signal aborts", async () => {
    const stop = new AbortController();
    const began = performance.now();
    const sleeping = sleep(60_000, stop.signal);
    stop.abort();
    await sleeping;
    await sleep(60_000, stop.signal);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
