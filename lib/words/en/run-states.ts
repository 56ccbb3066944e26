/** How a demo run or one of its lanes stands, inside a sentence. */
export const runStates = {
  queued: "queued",
  waiting: "waiting",
  running: "running",
  finished: "finished",
  failed: "failed",
  cancelled: "cancelled",
} as const;
