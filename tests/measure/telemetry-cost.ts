/**
 * `npm run measure -- telemetry-cost`: what telemetry costs: Gbit/s and CPU seconds per GB of two of the product's
 * proxies, one that samples and reports five times a second (as while somebody watches) and one whose portal wants
 * nothing, with MPTCP downloads, in one alternating run. Options: `--runs N` (default 20), `--streams N` (default 16),
 * `--seconds N` (default 1.5), `--every-ms N` (default 200), `--quick` (5 runs).
 */
import { parseArgs } from "node:util";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { cpuSeconds } from "../factories/process-cost";
import {
  enterNamespace,
  type RelayBench,
  type RunningRelay,
  relayWords,
  startRelayBench,
} from "../factories/relay-bench";
import { ours, oursQuiet } from "../factories/relay-peers";

enterNamespace();
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "20" },
    streams: { type: "string", default: "16" },
    seconds: { type: "string", default: "1.5" },
    "every-ms": { type: "string", default: "200" },
    quick: { type: "boolean", default: false },
  },
});
const runs = values.quick ? 5 : Number(values.runs);
const goalPercent = 3;
const rampUpMs = 500;

type Result = { gbps: number; cpuPerGb: number };

async function measureOnce(bench: RelayBench, relay: RunningRelay): Promise<Result> {
  const finished = bench.resultOf(bench.load(["pull", values.streams, values.seconds, ...relayWords(relay, "mptcp")]));
  await sleep(rampUpMs);
  const [cpuBefore, began] = [cpuSeconds(relay.pid), performance.now()];
  const { bytes = 0, seconds = 1 } = await finished;
  const [cpu, span] = [cpuSeconds(relay.pid) - cpuBefore, (performance.now() - began) / 1000];
  const rate = bytes / seconds;
  return { gbps: (rate * 8) / 1e9, cpuPerGb: cpu / ((rate * span) / 1e9) };
}

console.log(describeMachine());
const bench = await startRelayBench("relay-load", [ours, oursQuiet], Number(values["every-ms"]));
try {
  await sleep(2000);
  const [loud, quiet] = bench.relays;
  if (loud === undefined || quiet === undefined) throw new Error("a proxy is missing");
  const pairs: { on: Result; off: Result }[] = [];
  for (let run = 0; run < runs; run += 1) {
    // Which one goes first alternates too: the machine changes in between.
    const first = await measureOnce(bench, run % 2 === 0 ? loud : quiet);
    const second = await measureOnce(bench, run % 2 === 0 ? quiet : loud);
    pairs.push(run % 2 === 0 ? { on: first, off: second } : { on: second, off: first });
  }
  const medianOf = (side: "on" | "off", key: keyof Result): number => median(pairs.map((pair) => pair[side][key]));
  for (const side of ["on", "off"] as const)
    console.log(
      `telemetry ${side.padEnd(3)} ${medianOf(side, "gbps").toFixed(2)} Gbit/s · CPU ${medianOf(side, "cpuPerGb").toFixed(3)} s/GB`,
    );
  const costs = pairs.map(({ on, off }) => (1 - on.gbps / off.gbps) * 100);
  const cpuCosts = pairs.map(({ on, off }) => (on.cpuPerGb / off.cpuPerGb - 1) * 100);
  const cost = median(costs);
  conclude(
    "telemetry-cost",
    `${cost.toFixed(1)} % of the throughput, ${median(cpuCosts).toFixed(1)} % more CPU per GB, ${values.streams} MPTCP downloads, telemetry every ${values["every-ms"]} ms; medians of ${runs} pairs (single pairs from ${Math.min(...costs).toFixed(1)} to ${Math.max(...costs).toFixed(1)} %)`,
    `< ${goalPercent} % of the throughput`,
    cost < goalPercent,
  );
} finally {
  await bench.stop();
}
