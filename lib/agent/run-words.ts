import { spawn } from "node:child_process";
import { AppError } from "@/lib/shared/errors";

const shownError = 300;

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It ended at this moment.
  }
}

/**
 * Run a program to its end, without a shell and without input. One that takes longer is killed with what it started.
 *
 * Errors: AppError AGENT_COMMAND_FAILED with what it said, also where it does not exist.
 */
export function runWords(words: readonly string[], timeoutMs: number): Promise<void> {
  const [program = "", ...args] = words;
  return new Promise((resolve, reject) => {
    const fail = (what: string): void =>
      reject(new AppError("AGENT_COMMAND_FAILED", `"${words.join(" ")}" ${what}`.slice(0, shownError)));
    // A group of its own, so that all of it can be ended.
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    let said = "";
    const timer = setTimeout(() => {
      endGroup(child.pid);
      fail(`did not end within ${timeoutMs / 1000} s`);
    }, timeoutMs);
    child.stderr.on("data", (chunk: Buffer) => {
      if (said.length < shownError) said += chunk.toString();
    });
    child.once("error", (error) => {
      clearTimeout(timer);
      fail(`could not be started: ${error.message}`);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else fail(`ended with ${signal ?? code}: ${said.trim()}`);
    });
  });
}
