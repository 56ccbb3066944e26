/**
 * `npm run measure -- relay`: Gbit/s and CPU seconds per GB of the product's proxy (policy, telemetry and steering on)
 * and its peers, with TCP and MPTCP clients, 1 and 16 streams, down and up, in one alternating run over loopback. CPU is
 * that of the relay's processes alone, user and kernel. A goal is about the median of the rounds' ratios; a round in which
 * a peer moved no byte (its load generator says why) says nothing of it and is repeated, twice at most for each case, and
 * one in which ours moved none counts as it is. The portal's side is a small one without a database. Options: `--rounds N` (default 3), `--seconds N` (default 1.5),
 * `--only name,name`, `--write` puts the table into README.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
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
import { danted, haproxy, ours, relayNames } from "../factories/relay-peers";

enterNamespace();
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "1.5" },
    only: { type: "string", default: relayNames.join(",") },
    write: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const rampUpMs = 500;
const maxRepeats = 2;

type Case = { direction: "pull" | "push"; client: "tcp" | "mptcp"; streams: number };
type Result = { gbps: number; cpuPerGb: number };

const cases: Case[] = (["mptcp", "tcp"] as const).flatMap((client) =>
  (["pull", "push"] as const).flatMap((direction) => [1, 16].map((streams) => ({ direction, client, streams }))),
);

function caseName({ direction, client, streams }: Case): string {
  return `${client === "tcp" ? "TCP" : "MPTCP"} ${direction === "pull" ? "down" : "up"} ×${streams}`;
}

async function measureOnce(bench: RelayBench, relay: RunningRelay, { direction, client, streams }: Case) {
  const child = bench.load([direction, String(streams), values.seconds, ...relayWords(relay, client)]);
  const finished = bench.resultOf(child).catch((error: Error): Record<string, number> => {
    console.log(error.message);
    return { bytes: 0, seconds: 1 };
  });
  await sleep(rampUpMs);
  const [cpuBefore, began] = [cpuSeconds(relay.pid), performance.now()];
  const { bytes = 0, seconds = 0 } = await finished;
  const [cpu, span] = [cpuSeconds(relay.pid) - cpuBefore, (performance.now() - began) / 1000];
  const rate = bytes / seconds;
  return { gbps: (rate * 8) / 1e9, cpuPerGb: cpu / ((rate * span) / 1e9) };
}

/** One line a goal: what our figure is of a peer's, round by round. */
type Goal = { of: Case; peer: string; key: keyof Result; limit: number };

function goals(): Goal[] {
  return cases.flatMap((of): Goal[] => {
    const isMptcp = of.client === "mptcp";
    const isOneDown = of.streams === 1 && of.direction === "pull";
    const cpuLimit = !isMptcp ? 1 : isOneDown ? 0.55 : 0.75;
    return [
      { of, peer: haproxy, key: "cpuPerGb", limit: cpuLimit },
      ...(isMptcp ? [{ of, peer: danted, key: "cpuPerGb", limit: 0.4 } as const] : []),
      { of, peer: haproxy, key: "gbps", limit: isMptcp ? 1.2 : 1 },
    ];
  });
}

const results = new Map<string, Result[]>();
const resultsOf = (name: string, of: Case): Result[] => results.get(`${name}|${caseName(of)}`) ?? [];

/** The median of the ratios of rounds in which both moved bytes; a round in which one moved none says nothing of it. */
function ratioOf({ of, peer, key }: Goal): number {
  const theirs = resultsOf(peer, of);
  return median(
    resultsOf(ours, of).flatMap((mine, round) => {
      const other = theirs[round];
      return other === undefined || other.gbps === 0 ? [] : [mine[key] / other[key]];
    }),
  );
}

function judge(goal: Goal): boolean {
  const ratio = ratioOf(goal);
  const isReached = goal.key === "gbps" ? ratio >= goal.limit : ratio <= goal.limit;
  const what = goal.key === "gbps" ? "throughput" : "CPU per GB";
  const sign = goal.key === "gbps" ? "≥" : "≤";
  console.log(
    `${isReached ? "hit " : "miss"} ${caseName(goal.of).padEnd(15)} ${what.padEnd(10)} ${ratio.toFixed(2)} × ${goal.peer} (goal ${sign} ${goal.limit.toFixed(2)})`,
  );
  return isReached;
}

function cell(name: string, of: Case): string {
  const list = resultsOf(name, of).filter(({ gbps }) => gbps > 0);
  return `${median(list.map(({ gbps }) => gbps)).toFixed(1)} · ${median(list.map(({ cpuPerGb }) => cpuPerGb)).toFixed(2)}`;
}

function writeTable(names: readonly string[]): void {
  const rows = [
    ["relay", ...cases.map(caseName)],
    ["---", ...cases.map(() => "---")],
    ...names.map((name) => [name === ours ? `**${name}**` : name, ...cases.map((of) => cell(name, of))]),
  ];
  const table = rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
  const readme = readFileSync("README.md", "utf8");
  const [begin, end] = ["<!-- relay -->", "<!-- /relay -->"];
  const [before = "", rest = ""] = readme.split(begin);
  const [, after = ""] = rest.split(end);
  if (after === "") throw new Error(`README.md has no ${begin} … ${end}`);
  writeFileSync("README.md", `${before}${begin}\n${table}\n${end}${after}`);
}

console.log(describeMachine());
const names = values.only.split(",");
const bench = await startRelayBench("relay-load", names);
try {
  await sleep(1000);
  let stalled = 0;
  for (const of of cases) {
    for (let round = 1, last = rounds; round <= last; round += 1) {
      let hasPeerStalled = false;
      for (const relay of bench.relays) {
        const result = await measureOnce(bench, relay, of);
        const key = `${relay.name}|${caseName(of)}`;
        results.set(key, [...(results.get(key) ?? []), result]);
        if (result.gbps > 0) continue;
        stalled += 1;
        hasPeerStalled ||= relay.name !== ours;
        console.log(`${caseName(of)}: ${relay.name} moved no byte in round ${round}`);
      }
      if (hasPeerStalled) last = Math.min(last + 1, rounds + maxRepeats);
    }
    for (const { name } of bench.relays) {
      const worst = Math.min(...resultsOf(name, of).map(({ gbps }) => gbps));
      console.log(
        `${caseName(of).padEnd(15)} ${name.padEnd(16)} ${cell(name, of)} (Gbit/s · CPU s/GB; worst ${worst.toFixed(1)} Gbit/s)`,
      );
    }
  }
  const oursStalled = cases.flatMap((of) => resultsOf(ours, of)).filter(({ gbps }) => gbps === 0).length;
  const judged = goals().filter(({ peer }) => names.includes(peer));
  const reached = judged.filter(judge).length;
  if (values.write) writeTable(names);
  conclude(
    "relay",
    `${reached} of ${judged.length} goals; rounds without a byte: ${oursStalled} of ours, ${stalled - oursStalled} of peers`,
    `${judged.length} of ${judged.length}, medians of ${rounds} rounds; none of ours without a byte`,
    reached === judged.length && oursStalled === 0,
  );
} finally {
  await bench.stop();
}
