import { isStartedByNpm } from "@/lib/shared/env";

const parentCheckMs = 300;

/**
 * Resolves at SIGINT, SIGTERM, SIGHUP, or when the parent is gone that holds our IPC channel or is npm (which hands no
 * signal on), so that no part outlives the command that started it.
 *
 * @param onReload done at SIGHUP instead, unless a terminal was closed
 */
export function untilStopped(onReload?: () => void): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve(signal));
    const isReload = onReload !== undefined && !process.stdin.isTTY;
    process.on("SIGHUP", isReload ? onReload : () => resolve("SIGHUP"));
    if (process.connected) process.on("disconnect", () => resolve("the parent ended"));
    const parent = process.ppid;
    if (isStartedByNpm())
      setInterval(() => {
        if (process.ppid !== parent) resolve("npm ended");
      }, parentCheckMs).unref();
  });
}
