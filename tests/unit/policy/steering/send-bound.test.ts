import { expect, it } from "vitest";
import { PathState } from "@/lib/policy/steering/path-state";
import { SendBound } from "@/lib/policy/steering/send-bound";
import type { SubflowReading } from "@/lib/policy/steering/steering-types";

/** A path that has delivered so much every 10 ms. */
function pathAt(id: number, mbps: number, srttMs: number): PathState {
  const reading = (n: number): SubflowReading => {
    const bytes = (n * mbps * 10_000) / 8;
    return {
      id,
      access: id === 1 ? "wifi" : "lte",
      isEstablished: true,
      isBackup: false,
      sentBytes: bytes,
      ackedBytes: bytes,
      deliveredBytes: bytes,
      receivedBytes: 0,
      notSentBytes: 0,
      srttMs,
      rttVarMs: 1,
      startBytes: null,
      link: null,
    };
  };
  const path = new PathState(reading(0), 0);
  for (let n = 1; n <= 300; n += 1) path.read(reading(n), n * 10, 10, false);
  return path;
}

it("holds eight round trips of the path that needs most, and at least so much, and tells each change once", () => {
  const bound = new SendBound();
  expect(bound.take()).toBeNull();
  bound.follow([pathAt(1, 867, 15), pathAt(2, 300, 40)]);
  const told = bound.take() ?? 0;
  // 867 Mbit/s × 15 ms is 1.6 MB.
  expect(told).toBeGreaterThan(12_700_000);
  expect(told).toBeLessThan(13_200_000);
  expect(bound.take()).toBeNull();
  bound.follow([pathAt(1, 900, 15), pathAt(2, 300, 40)]);
  expect(bound.take()).toBeNull();
  bound.follow([pathAt(1, 20, 15), pathAt(2, 10, 40)]);
  expect(bound.take()).toBe(1_310_720);
});

it("says nothing while there is one path", () => {
  const bound = new SendBound();
  bound.follow([pathAt(1, 867, 15)]);
  expect(bound.take()).toBeNull();
});
