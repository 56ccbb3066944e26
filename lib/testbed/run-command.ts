import { spawn } from "node:child_process";
import { childEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";

/** Our environment with the administrator's folders on PATH, English messages, and no proxy of the machine's own. */
export function toolEnv(): NodeJS.ProcessEnv {
  const env = childEnv({});
  for (const name of ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]) {
    delete env[name];
    delete env[name.toUpperCase()];
  }
  return { ...env, PATH: `${env["PATH"] ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: "C" };
}

/**
 * Run a program to its end, `input` on its standard input.
 *
 * Errors: AppError TESTBED_COMMAND_FAILED with the command line and what it wrote to standard error.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  input = "",
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: toolEnv(), stdio: ["pipe", "pipe", "pipe"] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const fail = (why: string, cause?: unknown) => {
      const line = [command, ...args].join(" ");
      reject(new AppError("TESTBED_COMMAND_FAILED", `"${line}" failed: ${why}`, { cause }));
    };
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", (error) => fail(error.message, error));
    child.on("close", (code, signal) => {
      const errorText = Buffer.concat(stderr).toString();
      if (code === 0) resolve({ stdout: Buffer.concat(stdout).toString(), stderr: errorText });
      else fail(errorText.trim() || `it ended with ${signal ?? `exit code ${code}`}`);
    });
  });
}
