/**
 * `npm run measure -- reload`: `twinpath reload` again and again under 200 running transfers of MPTCP clients, half of
 * them downloads, half uploads: how many broke (compared by SHA-256), and descriptors and memory of the proxy's processes
 * once all is over, beside those before, of a process as young. The portal's side is a small one without a database.
 * Options: `--runs N` (default 3), `--transfers N` (default 200), `--quick` (one run).
 */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { childEnv } from "@/lib/shared/env";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { LoadPortal } from "../factories/load-portal";
import { descriptors, processes, residentBytes } from "../factories/process-cost";
import { enterNamespace, untilListening } from "../factories/relay-bench";
import { TransferBench } from "../factories/transfers";

enterNamespace();
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    transfers: { type: "string", default: "200" },
    quick: { type: "boolean", default: false },
  },
});
const runs = values.quick ? 1 : Number(values.runs);
const port = 6000;
const reloadsAtMs = [2000, 5000];
/** 25 KB ten times a second each: 40 Mbit/s in all for every 20 transfers, for 10 s. */
const plan = { count: Number(values.transfers), blocks: 100, blockBytes: 25_000, everyMs: 100 };
/** Of one process, keeper and node: memory that a process of its age may differ by. */
const memorySlack = 1.25;
const settleMs = 5000;
const retireMs = 20_000;

type State = { processes: number; descriptors: number; bytes: number };

const run = promisify(execFile);
const folder = mkdtempSync(join(process.cwd(), ".data-test-"));
const portal = new LoadPortal();
const url = await portal.start();
const options = ["--portal", url, "--address", "127.0.0.1", "--port", String(port), "--data-dir", folder];
const env = childEnv({ TWINPATH_NODE_CREDENTIAL: "load.none", TWINPATH_LOG_LEVEL: "error" });
const proxy = spawn(process.execPath, ["dist/twinpath.js", "proxy", ...options], { stdio: "ignore", env });
const pid = proxy.pid ?? 0;
const bench = await TransferBench.start(plan);

async function reload(): Promise<number> {
  const began = performance.now();
  await run(process.execPath, ["dist/twinpath.js", "reload", "--data-dir", folder], { env });
  return performance.now() - began;
}

/** Of the proxy's processes, once those that were replaced are gone. */
async function restingState(): Promise<State> {
  for (const deadline = Date.now() + retireMs; processes(pid) > 2 && Date.now() < deadline; ) await sleep(100);
  await sleep(settleMs);
  return { processes: processes(pid), descriptors: descriptors(pid), bytes: residentBytes(pid) };
}

const describe = ({ processes: count, descriptors: open, bytes }: State): string =>
  `${count} processes, ${open} descriptors, ${(bytes / 1e6).toFixed(0)} MB`;

console.log(describeMachine());
try {
  await untilListening(port);
  await sleep(1000);
  await reload();
  const before = await restingState();
  console.log(`before: ${describe(before)}`);
  let broken = 0;
  const tookMs: number[] = [];
  for (let round = 1; round <= runs; round += 1) {
    const began = performance.now();
    const transfers = bench.run(port, portal.deviceId, portal.secret);
    for (const atMs of reloadsAtMs) {
      await sleep(Math.max(0, atMs - (performance.now() - began)));
      tookMs.push(await reload());
    }
    const { whole, failures } = await transfers;
    broken += plan.count - whole;
    console.log(
      `run ${round}: ${whole} of ${plan.count} transfers whole${failures.length > 0 ? `; ${[...new Set(failures)].join(", ")}` : ""}`,
    );
  }
  await reload();
  const after = await restingState();
  console.log(`after: ${describe(after)}`);
  const isBack =
    after.processes === before.processes &&
    after.descriptors <= before.descriptors &&
    after.bytes <= before.bytes * memorySlack;
  conclude(
    "reload",
    `${broken} of ${runs * plan.count} transfers broke in ${tookMs.length} reloads (median ${median(tookMs).toFixed(0)} ms until the new process served, worst ${Math.max(...tookMs).toFixed(0)} ms); descriptors ${before.descriptors} before, ${after.descriptors} after; memory ${(before.bytes / 1e6).toFixed(0)} MB before, ${(after.bytes / 1e6).toFixed(0)} MB after`,
    `none broke, no descriptor left, memory ≤ ${memorySlack} × that before`,
    broken === 0 && isBack,
  );
} finally {
  bench.stop();
  const ended = new Promise((resolve) => proxy.once("exit", resolve));
  proxy.kill("SIGTERM");
  await ended;
  portal.stop();
  rmSync(folder, { recursive: true, force: true });
}
