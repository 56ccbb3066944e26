/**
 * `npm run measure -- idle`: what an idle session costs the product's proxy and haproxy in memory: MPTCP clients open
 * sessions and send a byte each way, then all is quiet. Growth of the whole process tree's PSS (Node's heap included, the
 * kernel's sockets not) per session, since before the round. The descriptor limit of the machine may allow fewer than
 * 10,000. Options: `--rounds N` (default 3), `--sessions N`, `--only name,name`.
 */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { cpuSeconds, residentBytes } from "../factories/process-cost";
import {
  enterNamespace,
  type RelayBench,
  type RunningRelay,
  relayWords,
  startRelayBench,
} from "../factories/relay-bench";
import { haproxy, mostSessions, ours } from "../factories/relay-peers";

enterNamespace();
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    sessions: { type: "string", default: String(mostSessions()) },
    only: { type: "string", default: [ours, haproxy].join(",") },
  },
});
const rounds = Number(values.rounds);
const sessions = Number(values.sessions);
const goalBytes = 2048;
/** Longer than a session counts as one that moved bytes. */
const settleMs = 20_000;
const cpuSpanMs = 3000;

type Result = { bytes: number; cpuPercent: number };

async function measureOnce(bench: RelayBench, relay: RunningRelay): Promise<Result> {
  const before = residentBytes(relay.pid);
  const child = bench.load(["idle", String(sessions), ...relayWords(relay, "mptcp")]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  while (!output.includes("}")) {
    if (child.exitCode !== null) throw new Error(`${relay.name}: ${output}`);
    await sleep(100);
  }
  await sleep(settleMs);
  const cpuBefore = cpuSeconds(relay.pid);
  await sleep(cpuSpanMs);
  const cpu = cpuSeconds(relay.pid) - cpuBefore;
  const bytes = residentBytes(relay.pid) - before;
  child.stdin?.end();
  if (child.exitCode === null) await once(child, "exit");
  await sleep(2000);
  return { bytes: bytes / sessions, cpuPercent: (cpu * 100_000) / cpuSpanMs };
}

console.log(describeMachine());
const bench = await startRelayBench("session-load", values.only.split(","));
try {
  await sleep(1000);
  const results = new Map<string, Result[]>();
  for (let round = 0; round < rounds; round += 1)
    for (const relay of bench.relays) {
      const result = await measureOnce(bench, relay);
      results.set(relay.name, [...(results.get(relay.name) ?? []), result]);
      console.log(
        `${relay.name.padEnd(16)} ${(result.bytes / 1024).toFixed(2)} KiB each of ${sessions} sessions · ${result.cpuPercent.toFixed(1)} % of a core while idle`,
      );
    }
  const list = (results.get(ours) ?? []).map((result) => result.bytes);
  const middle = median(list);
  conclude(
    "idle",
    `${(middle / 1024).toFixed(2)} KiB a session (worst ${(Math.max(...list) / 1024).toFixed(2)}), ${sessions} sessions, median of ${rounds} rounds`,
    `≤ ${goalBytes / 1024} KiB`,
    middle <= goalBytes,
  );
} finally {
  await bench.stop();
}
