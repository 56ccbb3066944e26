import { type DemoRequest, type LaneReport, type RunReport, waitingLane } from "@/lib/contracts/demo";
import { errorMessage } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import type { DemoPlace, PreparedRun } from "./demo-place";
import { runLane } from "./run-lane";

/** What a lane leaves in the links' queues is gone after this (60 ms of queue, 20 ms of delay, an answer). */
const settleMs = 300;

/**
 * Run the request's lanes one after the other, in its order: they share links, so side by side they would measure each
 * other. A lane that fails does not keep the next from running.
 *
 * `signal` cancels: the running lane's wget is ended, the rest is not started. The last report has a final state.
 * Errors: the place's AppError while another run holds it. A lane's failure is a report, not an error.
 */
export function runDemo(
  place: DemoPlace,
  options: {
    runId: string;
    request: DemoRequest;
    signal: AbortSignal;
    onReport: (run: RunReport) => void;
  },
): Promise<void> {
  const { runId, request, signal, onReport } = options;
  const lanes = request.lanes.map(waitingLane);
  const report = (state: RunReport["state"]) => {
    onReport({ runId, state, lanes: lanes.map((lane) => ({ ...lane })) });
    for (const lane of lanes) lane.samples = [];
  };
  const runOne = async (lane: LaneReport, prepared: PreparedRun) => {
    const outcome = await runLane({
      prepared,
      lane: lane.lane,
      direction: request.direction,
      longestMs: place.longestLaneMs,
      signal,
      onProgress: ({ sample, ...progress }) => {
        Object.assign(lane, progress);
        if (sample !== null) lane.samples.push(sample);
        report("running");
      },
    });
    Object.assign(lane, outcome);
  };
  return place.withRun(async () => {
    report("running");
    try {
      const prepared = await place.prepare(runId, request);
      for (const lane of lanes) {
        if (signal.aborted) break;
        await sleep(settleMs);
        await runOne(lane, prepared);
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
