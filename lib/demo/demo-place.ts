import type { ChildProcess } from "node:child_process";
import type { DemoRequest, LaneId, TestbedStatus } from "@/lib/contracts/demo";

/** Bytes over each access network, headers included, in the run's direction. */
export type AccessBytes = Record<"lte" | "wifi", number>;

/** Takes the payload where it arrives: itself, in its order, or what is told of it from there. */
export type LanePayload = {
  onChunk: (chunk: Buffer) => void;
  /** `bytes` in all so far, their SHA-256 once there are no more. */
  onArrived: (bytes: number, sha256: string | null) => void;
};

/** A lane's transfer that has begun. */
export type LaneTransfer = {
  /** The wget, its output in pipes. */
  child: ChildProcess;
  /** What to look at when it fails. */
  hint: string;
  /** Whatever was prepared for it is needed no longer. */
  forget: () => void;
};

/** A place that is ready for the lanes of one run. */
export type PreparedRun = {
  object: { sizeBytes: number; sha256: string };
  /** At the lane's interfaces, since they were made. */
  accessBytes: (lane: LaneId) => Promise<AccessBytes>;
  faults: () => TestbedStatus["faults"];
  /** Start the lane's wget. */
  start: (lane: LaneId, payload: LanePayload) => LaneTransfer;
};

/** Where the lanes of demo runs are run: the testbed, or a device on real links. */
export interface DemoPlace {
  /** A lane that lasts longer has failed. */
  readonly longestLaneMs: number;
  /** Hold the place for one run; AppError while another one holds it. */
  withRun<T>(work: () => Promise<T>): Promise<T>;
  /** Errors: whatever keeps the run from its first lane. */
  prepare(runId: string, request: DemoRequest): Promise<PreparedRun>;
}
