/**
 * `npm run measure -- steering-cost`: CPU that steering 500 sessions at once costs. 500 streams of 0.22 Mbit/s, a little
 * more than WiFi carries, go through agent and proxy (class Silver, 20 % LTE): CPU time of the sender's process
 * (downloads: the proxy, uploads: the agent) with steering, less that of the same load with TWINPATH_STEERING=off, from
 * /proc/<pid>/stat; JavaScript's thread also by itself. A stream's LTE share shows beforehand whether the side at work
 * does steer, or does not: where "off" has no effect there is nothing to compare with, and the goal is missed. The
 * machine's idle time is told: without any, a relay that waits for the CPU does more with each call. Options:
 * `--runs N` (default 5), `--sessions N` (default 500), `--seconds N` (default 10), `--quick`.
 */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import type { Direction } from "../factories/flow-program";
import { type SteeringBench, setLinks, startSteeringBench } from "../factories/steering-bench";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    sessions: { type: "string", default: "500" },
    seconds: { type: "string", default: "10" },
    quick: { type: "boolean", default: false },
  },
});
const runs = values.quick ? 1 : Number(values.runs);
const sessions = Number(values.sessions);
const seconds = Number(values.seconds);
const goalPercent = 10;
const rampMs = 6000;
/** Demand and links that leave the machine idle time: 500 streams are many packets, on their way through every hop. */
const mbps = 0.22;
const links = { lte: { rateMbps: 50 }, wifi: { rateMbps: 100 } };
/** LTE's share without steering is a third here; the class allows a fifth. */
const steeredBelowPercent = 25;
const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

type Cpu = { process: number; main: number };

/** Seconds of CPU so far, user and system: fields 14 and 15 of proc_pid_stat(5), of all threads and of the first. */
async function cpuSeconds(pid: number): Promise<Cpu> {
  const read = async (path: string): Promise<number> => {
    const fields = (await readFile(path, "utf8")).replace(/^.*\) /, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  };
  return { process: await read(`/proc/${pid}/stat`), main: await read(`/proc/${pid}/task/${pid}/stat`) };
}

/** Seconds that all cores have been idle so far: field 4 of the line "cpu" of proc_stat(5). */
async function idleSeconds(): Promise<number> {
  const [line = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
  return Number(line.split(/\s+/)[4]) / ticksPerSecond;
}

/** Rounds in which not every stream came to its end. */
const incomplete: string[] = [];

type Load = {
  direction: Direction;
  isSteered: boolean;
  part: "testbed-proxy" | "testbed-agent";
  percent: Cpu;
};

async function holdsShare({ flows, counters }: SteeringBench, direction: Direction): Promise<boolean> {
  const { startedMs } = await flows.run({ direction, way: "agent", seconds: 6 });
  return counters.lteShare(direction, startedMs + 3000, startedMs + 6000) < steeredBelowPercent;
}

/** Per cent of a core that the steering side's process used under the load, run by run. */
async function measureLoads(env: Record<string, string>): Promise<Load[]> {
  const bench = await startSteeringBench(env);
  try {
    await setLinks(bench.net, "city", links);
    await bench.setClass("silver", { lteSharePercent: 20, wifiSufficientMbps: null });
    const loads: Load[] = [];
    const isSteered = {
      download: await holdsShare(bench, "download"),
      upload: await holdsShare(bench, "upload"),
    };
    for (let run = 0; run < runs; run += 1)
      for (const [direction, part] of [["download", "testbed-proxy"] as const, ["upload", "testbed-agent"] as const]) {
        const pid = await bench.demo.pidOf(part);
        const flow = bench.flows.begin({ direction, way: "agent", seconds: seconds + 10, mbps, count: sessions });
        await sleep(rampMs);
        const [before, idleBefore, from] = [await cpuSeconds(pid), await idleSeconds(), performance.now()];
        await sleep(seconds * 1000);
        const [after, idleAfter, to] = [await cpuSeconds(pid), await idleSeconds(), performance.now()];
        await flow.finished.catch((error: Error) => incomplete.push(error.message));
        const share = (key: keyof Cpu): number => (100_000 * (after[key] - before[key])) / (to - from);
        const percent = { process: share("process"), main: share("main") };
        const idlePercent = (100_000 * (idleAfter - idleBefore)) / (to - from) / availableParallelism();
        loads.push({ direction, isSteered: isSteered[direction], part, percent });
        console.log(
          `${env["TWINPATH_STEERING"] === "off" ? "without" : "with"} steering, ${direction}, ${part}: ${percent.process.toFixed(1)} % of a core, its JavaScript thread ${percent.main.toFixed(1)} %; machine ${idlePercent.toFixed(0)} % idle`,
        );
        await sleep(1500);
      }
    return loads;
  } finally {
    await bench.stop();
  }
}

console.log(describeMachine());
const steered = await measureLoads({});
const plain = await measureLoads({ TWINPATH_STEERING: "off" });
const costs: number[] = [];
const incomparable: string[] = [];
for (const what of incomplete) console.log(what);
for (const direction of ["download", "upload"] as const) {
  const of = (loads: Load[], key: keyof Cpu): number[] =>
    loads.filter((load) => load.direction === direction).map(({ percent }) => percent[key]);
  const isOf = (load: Load): boolean => load.direction === direction;
  if (!steered.filter(isOf).every(({ isSteered }) => isSteered)) incomparable.push(`${direction} not steered when on`);
  if (plain.filter(isOf).some(({ isSteered }) => isSteered)) incomparable.push(`${direction} steered when off`);
  const base = median(of(plain, "process"));
  const cost = of(steered, "process").map((percent) => percent - base);
  costs.push(median(cost));
  console.log(
    `${sessions} sessions, ${direction}: steering median ${median(cost).toFixed(1)} %, worst ${Math.max(...cost).toFixed(1)} % of a core (${median(of(steered, "process")).toFixed(1)} with, ${base.toFixed(1)} without; JavaScript thread ${median(of(steered, "main")).toFixed(1)} and ${median(of(plain, "main")).toFixed(1)})`,
  );
}
conclude(
  "steering-cost",
  `median ${Math.max(...costs).toFixed(1)} % of a core for ${sessions} sessions, ${runs} runs${incomparable.length > 0 ? `; not comparable: ${incomparable.join(", ")}` : ""}; rounds with a stream that did not end: ${incomplete.length}`,
  `< ${goalPercent} %, every stream comes to its end`,
  incomparable.length + incomplete.length === 0 && Math.max(...costs) < goalPercent,
);
