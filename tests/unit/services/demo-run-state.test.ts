import { describe, expect, it } from "vitest";
import type { RunReport, TestbedStatus } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { afterReport } from "@/lib/services/demo-run-state";

const at = "2026-01-01T00:00:00Z";
const link = { rateMbps: 75, rttMs: 40, lossPercent: 0 };
const status: TestbedStatus = {
  state: "running",
  preset: "city",
  lte: link,
  wifi: link,
  delayMethod: "nfqueue",
  faults: { lte: { fault: "none", at: null }, wifi: { fault: "none", at: null } },
  congestionControl: "cubic",
  scheduler: "default",
  kernel: "6.18",
  objectSha256: {},
};
const run: DemoRun = {
  id: "run",
  request: { preset: "kt-2015", device: null, direction: "download", sizeBytes: 1_000_000, lanes: [] },
  state: "queued",
  createdAt: at,
  finishedAt: null,
  createdBy: "somebody",
  lanes: [],
  testbed: null,
  device: null,
};
const reported = (before: DemoRun, testbed: TestbedStatus, state: RunReport["state"]): DemoRun =>
  afterReport(before, { runId: "run", state, lanes: [] }, { testbed, device: null }, new Date(at)).run;

describe("a run after a report", () => {
  it("shows the testbed as it was while it worked, not as the run found it", () => {
    const begun = reported(run, status, "running");
    const sha = "a".repeat(64);
    const changed: TestbedStatus = { ...status, preset: "kt-2015", objectSha256: { "1000000": sha } };
    const ended = reported(begun, changed, "finished");
    expect(begun.testbed).toEqual(status);
    expect(ended.testbed).toEqual(changed);
  });
});
