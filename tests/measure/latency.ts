/**
 * `npm run measure -- latency`: a ping-pong of one byte through the product's proxy and its peers while each carries the
 * same load, 16 MPTCP downloads of 2 Gbit/s together: median and 99th percentile, in one alternating run.
 * Options: `--rounds N` (default 5), `--pings N` (default 4000), `--mbps N` (default 2000), `--only name,name`.
 */
import { parseArgs } from "node:util";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { enterNamespace, relayWords, startRelayBench } from "../factories/relay-bench";
import { danted, haproxy, ours } from "../factories/relay-peers";

enterNamespace();
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    pings: { type: "string", default: "4000" },
    mbps: { type: "string", default: "2000" },
    only: { type: "string", default: [ours, haproxy, danted].join(",") },
  },
});
const rounds = Number(values.rounds);
const streams = 16;

console.log(describeMachine());
const bench = await startRelayBench("session-load", values.only.split(","));
try {
  await sleep(1000);
  const results = new Map<string, { p50: number; p99: number }[]>();
  for (let round = 0; round < rounds; round += 1)
    for (const relay of bench.relays) {
      const words = relayWords(relay, "mptcp");
      const child = bench.load(["ping", values.pings, String(streams), values.mbps, ...words]);
      const { p50 = Number.NaN, p99 = Number.NaN, gbps = 0 } = await bench.resultOf(child);
      results.set(relay.name, [...(results.get(relay.name) ?? []), { p50, p99 }]);
      console.log(
        `${relay.name.padEnd(16)} p50 ${p50.toFixed(0)} µs · p99 ${p99.toFixed(0)} µs beside ${gbps.toFixed(2)} Gbit/s`,
      );
    }
  const p99Of = (name: string): number => median((results.get(name) ?? []).map((result) => result.p99));
  const worst = Math.max(...(results.get(ours) ?? []).map((result) => result.p99));
  for (const { name } of bench.relays)
    console.log(`${name.padEnd(16)} p99, median of rounds: ${p99Of(name).toFixed(0)} µs`);
  const ratio = p99Of(ours) / p99Of(haproxy);
  conclude(
    "latency",
    `p99 of a ping-pong beside ${Number(values.mbps) / 1000} Gbit/s is ${p99Of(ours).toFixed(0)} µs (worst ${worst.toFixed(0)}), ${ratio.toFixed(2)} × haproxy's, median of ${rounds} rounds`,
    "≤ 1.00 × haproxy's",
    ratio <= 1,
  );
} finally {
  await bench.stop();
}
