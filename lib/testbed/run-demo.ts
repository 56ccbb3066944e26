import type { DemoRequest, LaneReport, TestbedReport } from "@/lib/contracts/demo";
import { errorMessage } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import type { AgentProxy } from "./lane-plan";
import { runLane } from "./run-lane";
import type { ContentObject, Testbed } from "./testbed";

/** Progress of a run; each lane carries the samples that are new since the report before. */
export type RunReport = NonNullable<TestbedReport["run"]>;

/** What a lane leaves in the links' queues is gone after this (60 ms of queue, 20 ms of delay, an answer). */
const settleMs = 300;

/**
 * Run the request's lanes one after the other, in its order: they share links, so side by side they would measure each
 * other. A lane that fails does not keep the next from running.
 *
 * `signal` cancels: the running lane's wget is ended, the rest is not started. The last report has a final state.
 * Errors: AppError TESTBED_BUSY while another run holds the testbed. A lane's failure is a report, not an error.
 */
export function runDemo(
  testbed: Testbed,
  options: {
    runId: string;
    request: DemoRequest;
    agentProxy: AgentProxy;
    signal: AbortSignal;
    onReport: (run: RunReport) => void;
  },
): Promise<void> {
  const { runId, request, agentProxy, signal, onReport } = options;
  const lanes: LaneReport[] = request.lanes.map((lane) => ({
    lane,
    state: "waiting",
    command: null,
    startedAt: null,
    elapsedMs: null,
    deliveredBytes: 0,
    sha256: null,
    error: null,
    faults: [],
    samples: [],
  }));
  const report = (state: RunReport["state"]) => {
    onReport({ runId, state, lanes: lanes.map((lane) => ({ ...lane })) });
    for (const lane of lanes) lane.samples = [];
  };
  const runOne = async (lane: LaneReport, object: ContentObject) => {
    const outcome = await runLane({
      testbed,
      lane: lane.lane,
      agentProxy,
      direction: request.direction,
      object,
      signal,
      onProgress: ({ sample, ...progress }) => {
        Object.assign(lane, progress);
        if (sample !== null) lane.samples.push(sample);
        report("running");
      },
    });
    Object.assign(lane, outcome);
  };
  return testbed.withRun(async () => {
    report("running");
    try {
      await testbed.setPreset(request.preset);
      const object = await testbed.object(request.sizeBytes);
      for (const lane of lanes) {
        if (signal.aborted) break;
        await sleep(settleMs);
        await runOne(lane, object);
        report("running");
      }
    } catch (error) {
      for (const lane of lanes) {
        if (lane.state !== "waiting" && lane.state !== "running") continue;
        lane.state = "failed";
        lane.error = `The lane was not run: ${errorMessage(error)}`;
      }
    }
    for (const lane of lanes) if (lane.state === "waiting") lane.state = "cancelled";
    const hasFailed = lanes.some(({ state }) => state === "failed");
    report(signal.aborted ? "cancelled" : hasFailed ? "failed" : "finished");
  });
}
