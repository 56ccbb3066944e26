/** How a demo run stands, inside a sentence. */
export const runStates = {
  queued: "queued",
  running: "running",
  finished: "finished",
  failed: "failed",
  cancelled: "cancelled",
} as const;
