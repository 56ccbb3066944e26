import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { sha256Hex } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";
import { type LaneProgress, runLane } from "@/lib/testbed/run-lane";
import type { Testbed } from "@/lib/testbed/testbed";

const payload = "twinpath";
const noFault = { fault: "none", at: null } as const;

/** A testbed whose wget takes a quarter of a second, and whose counters are slow to read for the first sample. */
function slowTestbed(): Testbed {
  let reads = 0;
  const part = {
    addresses: { ueLte: "", ueWifi: "", generalUe: "", proxy: "", content: "" },
    interfaces: { ueLte: "lte0", ueWifi: "wifi0", generalUe: "lte0", proxy: "core0", content: "core0" },
    status: () => ({ faults: { lte: noFault, wifi: noFault } }),
    counters: async () => {
      reads += 1;
      if (reads === 2) await sleep(300);
      return { rxBytes: reads * 1000, txBytes: 0 };
    },
    spawn: (_place: string, _command: string, _args: readonly string[], options?: SpawnOptions): ChildProcess =>
      spawn("sh", ["-c", `printf ${payload}; sleep 0.25`], options ?? {}),
  };
  return part as unknown as Testbed;
}

describe("a lane", () => {
  it("says nothing more once its outcome is known, however slow its counters are to read", async () => {
    const told: LaneProgress[] = [];
    const outcome = await runLane({
      testbed: slowTestbed(),
      lane: "lte-only",
      agentProxy: { host: "127.0.0.1", port: 1080 },
      direction: "download",
      object: { url: "http://content/", path: "", sizeBytes: payload.length, sha256: sha256Hex(payload) },
      signal: new AbortController().signal,
      onProgress: (progress) => told.push(progress),
    });
    expect(outcome).toMatchObject({ state: "finished", deliveredBytes: payload.length });
    const count = told.length;
    await sleep(500);
    expect(told).toHaveLength(count);
    const times = told.flatMap(({ sample }) => (sample === null ? [] : [sample.tMs]));
    expect(times).toEqual([...times].sort((left, right) => left - right));
  });
});
