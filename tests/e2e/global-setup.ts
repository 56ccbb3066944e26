import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../factories/free-port";

const readyWithinMs = 120_000;
const stopWithinMs = 30_000;

/** Resolves with the addresses that the command prints; rejects with its output when it ends or takes too long. */
function waitForAddresses(child: ChildProcess): Promise<{ portal: string; setup: string }> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    const found: { portal?: string; setup?: string } = {};
    const fail = (why: string) => reject(new Error(`twinpath demo ${why}. It printed:\n${output.join("\n")}`));
    const timer = setTimeout(() => fail(`was not ready within ${readyWithinMs / 1000} s`), readyWithinMs);
    child.once("exit", (code) => fail(`ended with ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        output.push(line);
        const [, name, url] = /^(Portal|Set-up):\s+(\S+)/.exec(line) ?? [];
        if (name === "Portal" && url !== undefined) found.portal = url;
        if (name === "Set-up" && url !== undefined) found.setup = url;
        if (found.portal === undefined || found.setup === undefined) return;
        clearTimeout(timer);
        resolve({ portal: found.portal, setup: found.setup });
      });
    }
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  await ended;
  clearTimeout(timer);
}

/**
 * Start a whole demo with its own data folder and port, and stop it at the end. With TWINPATH_BASE_URL,
 * TWINPATH_SETUP_URL and TWINPATH_TEST_DATABASE_URL set, the tests use that one instead.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  if (process.env["TWINPATH_BASE_URL"] !== undefined) return async () => undefined;
  const dataDir = await mkdtemp(join(tmpdir(), "twinpath-e2e-"));
  const port = String(await freePort());
  const child = spawn(
    process.execPath,
    ["lib/cli/bootstrap.mjs", "demo", "--data-dir", dataDir, "--port", port, "--preset", "city"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const tearDown = async () => {
    await stop(child);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const { portal, setup } = await waitForAddresses(child);
    process.env["TWINPATH_BASE_URL"] = portal;
    process.env["TWINPATH_SETUP_URL"] = setup;
    process.env["TWINPATH_TEST_DATABASE_URL"] = await readFile(join(dataDir, "run", "database.url"), "utf8");
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
