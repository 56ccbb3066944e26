import { spawn } from "node:child_process";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const projectDir = fileURLToPath(new URL("../..", import.meta.url));

/** Bundle one script of this folder so that plain node runs it; inside the project, where the addon is looked for. */
export async function bundleChild(script: string): Promise<string> {
  const outfile = join(projectDir, "tests/output/native", `${basename(script, ".ts")}.mjs`);
  await build({
    entryPoints: [join(projectDir, "tests/native", script)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: { "@": projectDir },
    packages: "external",
    logLevel: "warning",
  });
  return outfile;
}

export type ChildResult = { status: number | null; signal: string | null; stdout: string; stderr: string };

/** Run a command to its end; killed after the deadline (by its own process handle). */
export function runChild(
  command: string[],
  { env = {}, timeoutMs = 60_000 }: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<ChildResult> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, timeout: timeoutMs, killSignal: "SIGKILL" });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}

/** Run a bundled script in a network namespace of its own, which ends with it; its last line is its JSON result. */
export async function runInNamespace(script: string, scenario: string): Promise<unknown> {
  const result = await runChild(["unshare", "-n", process.execPath, await bundleChild(script), scenario]);
  if (result.status !== 0)
    throw new Error(`${script} ${scenario} ended with ${result.status ?? result.signal}:\n${result.stderr}`);
  return JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "null");
}

/**
 * The stress script in a namespace of its own. A reset is lost now and then (the peer's buffer was full just then); the
 * kernel then keeps the MPTCP connection without subflows for `close_timeout`, 60 s by default, in case the peer joins
 * again. One second of it keeps the test short.
 */
export function stressCommand(
  bundle: string,
  { sessions, seed, minutes = 0 }: { sessions: number; seed: number; minutes?: number },
  variables: string[] = [],
): string[] {
  const prepare = "ip link set lo up && sysctl -qw net.mptcp.close_timeout=1";
  const node = ["env", ...variables, process.execPath, bundle, `${sessions}`, `${seed}`, `${minutes}`];
  return ["unshare", "-n", "sh", "-c", `${prepare} && exec "$0" "$@"`, ...node];
}
