import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mptcp } from "@/lib/mptcp";
import { IdleMemory } from "@/lib/proxy/idle-memory";

const lookMs = 5000;
const counts = { accepted: 0, uploadBytes: 0, downloadBytes: 0 };
const release = vi.fn();
let stats = { ...counts };
let heapBytes = 100;
let memory: IdleMemory;

beforeEach(() => {
  vi.useFakeTimers();
  stats = { ...counts };
  heapBytes = 100;
  release.mockReset().mockImplementation(() => {
    heapBytes = 50;
  });
  memory = new IdleMemory(
    () => ({ ...stats }),
    release,
    () => heapBytes,
  );
});
afterEach(() => {
  memory.stop();
  vi.useRealTimers();
});

describe("IdleMemory", () => {
  it("gives memory back once the node is quiet, and again only after the heap has grown", () => {
    vi.advanceTimersByTime(lookMs);
    expect(release).toHaveBeenCalledTimes(1);
    heapBytes = 56;
    vi.advanceTimersByTime(10 * lookMs);
    expect(release).toHaveBeenCalledTimes(1);
    heapBytes = 60;
    vi.advanceTimersByTime(lookMs);
    expect(release).toHaveBeenCalledTimes(2);
  });

  it.each([
    ["sessions come", { accepted: 1 }],
    ["bytes go up", { uploadBytes: 2_000_000 }],
    ["bytes come down", { downloadBytes: 2_000_000 }],
  ])("waits while %s", (_, step) => {
    for (let look = 1; look <= 3; look += 1) {
      stats = Object.fromEntries(
        Object.entries(stats).map(([key, value]) => [key, value + ((step as Record<string, number>)[key] ?? 0)]),
      ) as typeof stats;
      vi.advanceTimersByTime(lookMs);
    }
    expect(release).not.toHaveBeenCalled();
    vi.advanceTimersByTime(lookMs);
    expect(release).toHaveBeenCalledTimes(1);
  });

  it("does nothing once stopped", () => {
    memory.stop();
    vi.advanceTimersByTime(10 * lookMs);
    expect(release).not.toHaveBeenCalled();
  });

  it("has V8 collect what nobody holds", async () => {
    vi.useRealTimers();
    const weak = new WeakRef({ held: false });
    await new Promise((resolve) => setImmediate(resolve));
    mptcp.releaseMemory();
    expect(weak.deref()).toBeUndefined();
  });
});
