/** Where a batch comes from, and the span that it tells of; `sinceMs` is null for a process's first. */
export type BatchSource = {
  nodeId: string;
  epoch: string;
  /** Another process of the node has taken over from this one. */
  isRetiring: boolean;
  sinceMs: number | null;
  atMs: number;
  /** The minute under which the ledger has it, and those of the reports that it took in (see TelemetryBatch.earlier). */
  minute: Date;
  earlierMinutes: readonly Date[];
};

/** A process of a node that is silent for so long, in milliseconds, is gone. */
export const silenceMs = 10_000;
