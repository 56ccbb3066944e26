/**
 * Resolves at SIGINT, SIGTERM, SIGHUP, or when the parent that holds our IPC channel is gone, so that no part
 * outlives the command that started it.
 */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve(signal));
    if (process.connected) process.on("disconnect", () => resolve("the parent ended"));
  });
}
