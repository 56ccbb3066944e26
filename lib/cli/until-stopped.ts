import { isStartedByNpm } from "@/lib/shared/env";

const parentCheckMs = 300;

/**
 * Resolves at SIGINT, SIGTERM, SIGHUP, or when the parent is gone that holds our IPC channel or is npm (which hands no
 * signal on), so that no part outlives the command that started it.
 */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve(signal));
    if (process.connected) process.on("disconnect", () => resolve("the parent ended"));
    const parent = process.ppid;
    if (isStartedByNpm())
      setInterval(() => {
        if (process.ppid !== parent) resolve("npm ended");
      }, parentCheckMs).unref();
  });
}
