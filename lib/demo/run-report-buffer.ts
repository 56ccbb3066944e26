import type { LaneId, LaneSample, RunReport } from "@/lib/contracts/demo";

/** Samples of one lane in one report: the most that the contract lets through. */
const mostSamples = 1000;

type Pending = { newest: RunReport; samples: Map<LaneId, LaneSample[]> };

/** What the portal has yet to be told of runs: the newest state of each, and every sample until it was delivered. */
export class RunReportBuffer {
  readonly #runs = new Map<string, Pending>();

  /** Whether a run's end waits to be told. */
  get hasEnded(): boolean {
    return this.#firstEnded() !== undefined;
  }

  add(run: RunReport): void {
    const samples = this.#runs.get(run.runId)?.samples ?? new Map<LaneId, LaneSample[]>();
    for (const lane of run.lanes) samples.set(lane.lane, [...(samples.get(lane.lane) ?? []), ...lane.samples]);
    this.#runs.set(run.runId, { newest: run, samples });
  }

  /** The next report, of a run that has ended if there is one. It stays the next until it is confirmed. */
  peek(): RunReport | null {
    const pending = this.#firstEnded() ?? [...this.#runs.values()][0];
    if (pending === undefined) return null;
    const { newest, samples } = pending;
    const lanes = newest.lanes.map((lane) => ({
      ...lane,
      samples: samples.get(lane.lane)?.slice(0, mostSamples) ?? [],
    }));
    return { ...newest, lanes };
  }

  /** `sent` was delivered. A run that has ended is forgotten once all of it was. */
  confirm(sent: RunReport): void {
    const pending = this.#runs.get(sent.runId);
    if (pending === undefined) return;
    for (const { lane, samples } of sent.lanes) pending.samples.get(lane)?.splice(0, samples.length);
    const isAllSent = [...pending.samples.values()].every((samples) => samples.length === 0);
    if (sent.state !== "running" && isAllSent) this.#runs.delete(sent.runId);
  }

  #firstEnded(): Pending | undefined {
    return [...this.#runs.values()].find(({ newest }) => newest.state !== "running");
  }
}
