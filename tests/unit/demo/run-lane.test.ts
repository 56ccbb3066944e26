import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { LanePayload, PreparedRun } from "@/lib/demo";
import { type LaneOutcome, type LaneProgress, runLane } from "@/lib/demo/run-lane";
import { sha256Hex } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";

const payload = "twinpath";
const noFault = { fault: "none", at: null } as const;

/** A place whose transfer is this shell script, and whose counters say so much more at each reading. */
function place(
  script: string,
  perRead: (reads: number) => Promise<number>,
  /** What is told of the payload's arrival when the script says something; absent: what it says is the payload. */
  tell?: (to: LanePayload) => void,
): PreparedRun {
  let reads = 0;
  return {
    object: { sizeBytes: payload.length, sha256: sha256Hex(payload) },
    faults: () => ({ lte: noFault, wifi: noFault }),
    accessBytes: async () => {
      reads += 1;
      return { lte: await perRead(reads), wifi: 0 };
    },
    start: (_lane, to) => {
      const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "pipe"] });
      if (tell === undefined) child.stdout.on("data", to.onChunk);
      else child.stdout.on("data", () => tell(to));
      return { child, hint: "Look there.", forget: () => {} };
    },
  };
}

function run(prepared: PreparedRun, longestMs: number, told: LaneProgress[] = []): Promise<LaneOutcome> {
  const { signal } = new AbortController();
  const onProgress = (progress: LaneProgress) => told.push(progress);
  return runLane({ prepared, lane: "lte-only", direction: "download", longestMs, signal, onProgress });
}

describe("a lane", () => {
  it("says nothing more once its outcome is known, however slow its counters are to read", async () => {
    const told: LaneProgress[] = [];
    const slow = place(`printf ${payload}; sleep 0.25`, async (reads) => {
      if (reads === 2) await sleep(300);
      return reads * 1000;
    });
    const outcome = await run(slow, 60_000, told);
    expect(outcome).toMatchObject({ state: "finished", deliveredBytes: payload.length });
    const count = told.length;
    await sleep(500);
    expect(told).toHaveLength(count);
    const times = told.flatMap(({ sample }) => (sample === null ? [] : [sample.tMs]));
    expect(times).toEqual([...times].sort((left, right) => left - right));
  });

  it("is judged by what the far end says of its payload, where that is all that is known", async () => {
    const sent = (sha256: string) =>
      place(
        "echo taken",
        async (reads) => reads * 1000,
        ({ onArrived }) => {
          onArrived(5, null);
          onArrived(3, null);
          onArrived(payload.length, sha256);
          onArrived(payload.length, null);
        },
      );
    const good = sha256Hex(payload);
    expect(await run(sent(good), 60_000)).toMatchObject({ state: "finished", deliveredBytes: 8, sha256: good });
    const other = sha256Hex("another");
    expect(await run(sent(other), 60_000)).toMatchObject({
      state: "failed",
      error: expect.stringContaining(`SHA-256 ${other} in place of ${good}`),
    });
  });

  it("ends a transfer that gives more than was asked for, and one that lasts too long", async () => {
    const counts = async (reads: number) => reads * 1000;
    const outcomes = [
      await run(place(`while printf ${payload}; do :; done`, counts), 60_000),
      await run(place("exec sleep 60", counts), 600),
    ];
    expect(outcomes).toMatchObject([
      { state: "failed", error: expect.stringMatching(/more came than the 8 bytes.*Look there/) },
      { state: "failed", error: expect.stringMatching(/after 0 of 8 bytes: it took longer than 0.01 minutes/) },
    ]);
  });

  it("fails where the bytes did not pass the lane's interfaces", async () => {
    const outcome = await run(
      place(`printf ${payload}`, async () => 5),
      60_000,
    );
    expect(outcome).toMatchObject({ state: "failed", error: expect.stringContaining("Only 0 of 8 bytes passed") });
  });
});
