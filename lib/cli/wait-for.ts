import { createServer } from "node:net";
import { AppError } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";

/** Poll until `isReady` gives true. Errors: AppError CLI_NOT_READY with `sentence` after the deadline. */
export async function waitFor(isReady: () => Promise<boolean>, deadlineMs: number, sentence: string): Promise<void> {
  const until = Date.now() + deadlineMs;
  while (!(await isReady())) {
    if (Date.now() > until) throw new AppError("CLI_NOT_READY", sentence);
    await sleep(100);
  }
}

/** True where the URL answers with success. */
export async function isAnswering(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/** True where nobody listens on the port of that address. */
export function isPortFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
