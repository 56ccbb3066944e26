/**
 * `npm run measure -- first-path`: new connections while WiFi is a silent black hole, from 0.1 to 6 s after it became
 * one: time from `connect` of the program to the first byte of what it fetches. The same with a plain MPTCP program on
 * the stock kernel, whose first path is the default route. Options: `--runs N` (default 5), `--quick` (one run).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { FlowProgram, type RunningFlow } from "../factories/flow-program";
import { setLinks, startSteeringBench } from "../factories/steering-bench";
import { type SteeringNet, stockNet } from "../factories/steering-net";
import { makeTestbed } from "../factories/testbed";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "5" }, quick: { type: "boolean", default: false } },
});
const runs = values.quick ? 1 : Number(values.runs);
const goalMs = 500;
/** When connections are opened, counted from the fault. */
const momentsMs = [100, 300, 1000, 3000, 6000];
const stockWaitMs = 6000;

/** Time to the first byte of each connection; infinite where none came before the fault's end. */
async function timesInBlackhole(net: SteeringNet, flows: FlowProgram, way: "agent" | "mptcp"): Promise<number[]> {
  const started: { flow: RunningFlow; atMs: number }[] = [];
  let endedAtMs = Number.POSITIVE_INFINITY;
  const faultAtMs = await net.setFault("wifi", "blackhole");
  try {
    for (const moment of momentsMs) {
      await sleep(Math.max(0, faultAtMs + moment - Date.now()));
      started.push({ flow: flows.begin({ direction: "download", way, seconds: 1, mbps: 1 }), atMs: moment });
    }
    await sleep(way === "agent" ? 2000 : stockWaitMs);
  } finally {
    endedAtMs = await net.setFault("wifi", "none");
  }
  const times: number[] = [];
  for (const { flow, atMs } of started) {
    const [result] = await flow.finished.catch(() => []);
    const isInTime =
      result !== undefined && result.firstByteMs >= 0 && result.startedMs + result.firstByteMs < endedAtMs;
    times.push(isInTime ? result.firstByteMs : Number.POSITIVE_INFINITY);
    console.log(`${way}, opened ${atMs} ms after: first byte after ${times.at(-1)?.toFixed(0)} ms`);
  }
  await sleep(1500);
  return times;
}

async function stockTimes(): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), "twinpath-stock-"));
  const testbed = await makeTestbed(folder);
  try {
    const net = await stockNet(testbed);
    const flows = await FlowProgram.start(net);
    try {
      return await timesInBlackhole(net, flows, "mptcp");
    } finally {
      await flows.stop();
    }
  } finally {
    await testbed.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

console.log(describeMachine());
const stock = await stockTimes();
const bench = await startSteeringBench();
try {
  const { net, flows } = bench;
  await setLinks(net, "city");
  await bench.setClass("gold");
  await sleep(3000);
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) times.push(...(await timesInBlackhole(net, flows, "agent")));
  const worst = Math.max(...times);
  conclude(
    "first-path",
    `connect and first byte median ${median(times).toFixed(0)}, worst ${worst.toFixed(0)} ms over ${times.length} connections; stock median ${median(stock).toFixed(0)}, worst ${Math.max(...stock).toFixed(0)} ms (Infinity: not before WiFi was back)`,
    `≤ ${goalMs} ms`,
    worst <= goalMs,
  );
} finally {
  await bench.stop();
}
