/**
 * `npm run measure -- connections`: SOCKS5 connect, 1 KB from the server, close, 32 at once: connections a second and
 * CPU per connection of the product's proxy (credentials checked, policy decided, telemetry delivered) and its peers
 * (no credentials), with TCP and MPTCP clients, in one alternating run. None of ours may fail; those of peers are told. The
 * portal's side is a small one without a database. Options: `--rounds N` (default 5), `--seconds N` (default 2), `--only name,name`.
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
import { danted, ours, relayNames } from "../factories/relay-peers";

enterNamespace();
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: relayNames.join(",") },
  },
});
const rounds = Number(values.rounds);
const atOnce = 32;
const rampUpMs = 500;
const rateGoal = 1.7;
const cpuGoal = 0.45;

type Result = { perSecond: number; cpuUs: number };

async function measureOnce(bench: RelayBench, relay: RunningRelay, client: string): Promise<Result> {
  const child = bench.load(["rate", String(atOnce), values.seconds, ...relayWords(relay, client)]);
  const finished = bench.resultOf(child);
  await sleep(rampUpMs);
  const [cpuBefore, began] = [cpuSeconds(relay.pid), performance.now()];
  const { done = 0, failed = 0, seconds = 0 } = await finished;
  const [cpu, span] = [cpuSeconds(relay.pid) - cpuBefore, (performance.now() - began) / 1000];
  const failures = `${relay.name}: ${failed} of ${done + failed} connections failed`;
  if (failed > 0 && relay.name === ours) throw new Error(failures);
  if (failed > 0) console.log(failures);
  const perSecond = done / seconds;
  return { perSecond, cpuUs: (cpu * 1e6) / (perSecond * span) };
}

/** Every ended session is to reach the portal. */
async function untilAllReported(bench: RelayBench): Promise<void> {
  for (let before = -1; before !== bench.portal.endedSessions; ) {
    before = bench.portal.endedSessions;
    await sleep(2500);
  }
}

console.log(describeMachine());
const bench = await startRelayBench("session-load", values.only.split(","));
try {
  await sleep(1000);
  const results = new Map<string, Result[]>();
  const medianOf = (name: string, client: string, key: keyof Result): number =>
    median((results.get(`${name} ${client}`) ?? []).map((result) => result[key]));
  for (const client of ["tcp", "mptcp"]) {
    for (let round = 0; round < rounds; round += 1)
      for (const relay of bench.relays) {
        const key = `${relay.name} ${client}`;
        results.set(key, [...(results.get(key) ?? []), await measureOnce(bench, relay, client)]);
      }
    for (const { name } of bench.relays) {
      const list = results.get(`${name} ${client}`) ?? [];
      const worst = {
        rate: Math.min(...list.map((each) => each.perSecond)),
        cpu: Math.max(...list.map((each) => each.cpuUs)),
      };
      console.log(
        `${client.padEnd(5)} ${name.padEnd(16)} ${medianOf(name, client, "perSecond").toFixed(0)} a second (worst ${worst.rate.toFixed(0)}) · CPU ${medianOf(name, client, "cpuUs").toFixed(0)} µs each (worst ${worst.cpu.toFixed(0)})`,
      );
    }
  }
  await untilAllReported(bench);
  console.log(`telemetry told the portal of ${bench.portal.endedSessions} ended sessions`);
  const ratio = (client: string, key: keyof Result): number =>
    medianOf(ours, client, key) / medianOf(danted, client, key);
  for (const client of ["tcp", "mptcp"])
    console.log(
      `${client} clients, ours ÷ danted: connections a second ${ratio(client, "perSecond").toFixed(2)}, CPU each ${ratio(client, "cpuUs").toFixed(2)}`,
    );
  const [rate, cpu] = [ratio("mptcp", "perSecond"), ratio("mptcp", "cpuUs")];
  conclude(
    "connections",
    `MPTCP clients, ours ÷ danted, medians of ${rounds} rounds: ${rate.toFixed(2)} × the connections a second, ${cpu.toFixed(2)} × the CPU each`,
    `≥ ${rateGoal} × and ≤ ${cpuGoal} ×`,
    rate >= rateGoal && cpu <= cpuGoal,
  );
} finally {
  await bench.stop();
}
