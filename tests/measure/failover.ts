/**
 * `npm run measure -- failover`: a stream of class Gold, both directions, while WiFi or LTE goes down, turns into a
 * silent black hole, or becomes weak (1 Mbit/s, 300 ms, 5 % loss), and comes back: the longest time without a new byte
 * at the receiving program (10 ms resolution), goodput after the fault, time until the recovered path carries data.
 * The same with plain MPTCP programs on the stock kernel, straight to the content provider. Then starts of healthy
 * streams, in which no path may be reset. Options: `--runs N` (default 5), `--stock-runs N` (default 2), `--ramps N`
 * (default 200), `--preset ID` (default both), `--quick` (one run of city, WiFi only, ten starts).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { AccessLinkId, LinkFault, PresetId } from "@/lib/contracts/demo";
import { sleep } from "@/lib/shared/sleep";
import { type Trial, tryFault } from "../factories/fault-trial";
import { conclude, describeMachine, median } from "../factories/figures";
import { goodputMbps } from "../factories/flow-figures";
import { type Direction, FlowProgram } from "../factories/flow-program";
import { mptcpCounter } from "../factories/mptcp-counters";
import { PathCounters } from "../factories/path-counters";
import { type SteeringBench, setLinks, startSteeringBench } from "../factories/steering-bench";
import { stockNet } from "../factories/steering-net";
import { makeTestbed } from "../factories/testbed";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    "stock-runs": { type: "string", default: "2" },
    ramps: { type: "string", default: "200" },
    preset: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const runs = values.quick ? 1 : Number(values.runs);
const stockRuns = Math.min(Number(values["stock-runs"]), values.quick ? 1 : Number.POSITIVE_INFINITY);
const ramps = values.quick ? 10 : Number(values.ramps);
const rampSeconds = 1.2;
const settleMs = 1000;

type Scenario = { preset: PresetId; access: AccessLinkId; fault: LinkFault; direction: Direction };
const presetIds = (["city", "kt-2015"] as const).filter((id) =>
  values.quick ? id === "city" : values.preset === undefined || id === values.preset,
);
const accesses: AccessLinkId[] = values.quick ? ["wifi"] : ["wifi", "lte"];
const scenarios: Scenario[] = presetIds.flatMap((preset) =>
  accesses.flatMap((access) =>
    (["down", "blackhole", "weak"] as const).flatMap((fault) =>
      (["download", "upload"] as const).map((direction) => ({ preset, access, fault, direction })),
    ),
  ),
);
const nameOf = ({ preset, access, fault, direction }: Scenario): string =>
  `${preset}, ${access} ${fault}, ${direction}`;

type Tools = Pick<SteeringBench, "net" | "flows" | "counters">;

/** Trials of every scenario by its name, and each path's own goodput as "preset access direction". */
async function tryAll(
  tools: Tools,
  way: "agent" | "mptcp",
  count: number,
): Promise<{ trials: Map<string, Trial[]>; alone: Map<string, number> }> {
  const trials = new Map<string, Trial[]>();
  const alone = new Map<string, number>();
  let preset: PresetId | null = null;
  for (const scenario of scenarios) {
    if (scenario.preset !== preset) {
      preset = scenario.preset;
      await setLinks(tools.net, preset);
      for (const direction of ["download", "upload"] as const)
        for (const access of ["lte", "wifi"] as const)
          alone.set(
            `${preset} ${access} ${direction}`,
            goodputMbps(await tools.flows.run({ direction, way: access, seconds: 5 }), 1500, 4500),
          );
    }
    const done: Trial[] = [];
    for (let run = 0; run < count; run += 1) {
      const trial = await tryFault(tools, { ...scenario, way });
      console.log(`${way === "mptcp" ? "stock, " : ""}${nameOf(scenario)}: ${JSON.stringify(trial)}`);
      done.push(trial);
      await sleep(settleMs);
    }
    trials.set(nameOf(scenario), done);
  }
  return { trials, alone };
}

async function stockTrials(): Promise<Map<string, Trial[]>> {
  const folder = await mkdtemp(join(tmpdir(), "twinpath-stock-"));
  const testbed = await makeTestbed(folder);
  try {
    const net = await stockNet(testbed);
    const [flows, counters] = [await FlowProgram.start(net), await PathCounters.start(net)];
    try {
      return (await tryAll({ net, flows, counters }, "mptcp", stockRuns)).trials;
    } finally {
      await counters.stop();
      await flows.stop();
    }
  } finally {
    await testbed.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Paths that were reset at either end while nothing was wrong, over starts of streams. */
async function resetsInRamps({ demo, net, flows }: SteeringBench): Promise<number> {
  const pids = [await demo.pidOf("testbed-proxy"), await demo.pidOf("testbed-agent")];
  const resets = async (): Promise<number> => {
    const counts = await Promise.all(pids.map((pid) => mptcpCounter(pid, "RmSubflow")));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  let total = 0;
  const settings = [40, 100, 200].flatMap((rttMs) => presetIds.map((preset) => ({ preset, rttMs })));
  for (const [index, { preset, rttMs }] of settings.entries()) {
    await setLinks(net, preset, { lte: { rttMs } });
    await sleep(settleMs);
    const before = await resets();
    const share = Math.floor(((index + 1) * ramps) / settings.length) - Math.floor((index * ramps) / settings.length);
    for (let ramp = 0; ramp < share; ramp += 1)
      await flows.run({ direction: ramp % 2 === 0 ? "download" : "upload", way: "agent", seconds: rampSeconds });
    const after = await resets();
    console.log(`${share} starts, ${preset}, LTE ${rttMs} ms: ${after - before} paths reset`);
    total += after - before;
  }
  return total;
}

type Verdict = { text: string; isReached: boolean };

function gapVerdict(trials: Trial[], limits: { median: number; worst: number }): Verdict {
  const gaps = trials.map(({ gapMs }) => gapMs);
  const [middle, worst] = [median(gaps), Math.max(...gaps)];
  return {
    text: `gap median ${middle}, worst ${worst} ms`,
    isReached: middle <= limits.median && worst <= limits.worst,
  };
}

function recoveryVerdict(trials: Trial[]): Verdict {
  const times = trials.map(({ recoveryMs }) => recoveryMs ?? Number.POSITIVE_INFINITY);
  return {
    text: `used again after median ${median(times)}, worst ${Math.max(...times)} ms`,
    isReached: Math.max(...times) <= 1000,
  };
}

function weakVerdict(trials: Trial[], otherMbps: number): Verdict {
  const ratios = trials.map(({ laterMbps }) => laterMbps / otherMbps);
  const text = `${(100 * median(ratios)).toFixed(0)} %, worst ${(100 * Math.min(...ratios)).toFixed(0)} % of the other path's rate`;
  return { text, isReached: median(ratios) >= 0.9 };
}

function judge(scenario: Scenario, trials: Trial[], alone: Map<string, number>): Verdict[] {
  const other = scenario.access === "wifi" ? "lte" : "wifi";
  const otherMbps = alone.get(`${scenario.preset} ${other} ${scenario.direction}`) ?? Number.NaN;
  if (scenario.fault === "weak") return [weakVerdict(trials, otherMbps), recoveryVerdict(trials)];
  const limits = scenario.fault === "down" ? { median: 80, worst: 80 } : { median: 200, worst: 350 };
  return [gapVerdict(trials, limits), recoveryVerdict(trials)];
}

console.log(describeMachine());
const stock = stockRuns > 0 ? await stockTrials() : null;
const bench = await startSteeringBench();
try {
  await bench.setClass("gold");
  const { trials, alone } = await tryAll(bench, "agent", runs);
  const resets = await resetsInRamps(bench);
  let missed = 0;
  for (const scenario of scenarios) {
    const verdicts = judge(scenario, trials.get(nameOf(scenario)) ?? [], alone);
    const stockTexts = judge(scenario, stock?.get(nameOf(scenario)) ?? [], alone).map(({ text }) => text);
    const texts = verdicts.map(({ text, isReached }) => (isReached ? text : `${text} MISSED`));
    missed += verdicts.filter(({ isReached }) => !isReached).length;
    console.log(
      `${nameOf(scenario)}: ${texts.join("; ")}${stock === null ? "" : ` | stock: ${stockTexts.join("; ")}`}`,
    );
  }
  conclude(
    "failover",
    `${missed} of ${scenarios.length * 2} goals missed, ${resets} paths reset in ${ramps} healthy starts, ${runs} runs`,
    "link down ≤ 80 ms; black hole median ≤ 200, worst ≤ 350 ms; weak ≥ 90 % of the other path from 1.5 s on; used again within 1 s; no healthy path reset",
    missed === 0 && resets === 0,
  );
} finally {
  await bench.stop();
}
