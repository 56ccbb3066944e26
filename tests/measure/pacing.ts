/**
 * `npm run measure -- pacing`: how long one call of `SubflowPacer.setRates` takes for 1, 10, 100 and 1,000 subflows, each
 * an open MPTCP connection over the loopback of a namespace of its own. Most of it is the pass over the kernel's table
 * of connections, whose size goes with the machine's memory. Option: `--runs N` (default 100).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { mptcp, type SubflowAddress } from "@/lib/mptcp";
import type { Connection } from "@/lib/mptcp/connection";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "100" }, inside: { type: "boolean", default: false } },
});
if (!values.inside) {
  const prepare = 'ip link set lo up && exec "$0" "$@"';
  const again = [process.execPath, ...process.argv.slice(1), "--inside"];
  const { status } = spawnSync("unshare", ["-n", "sh", "-c", prepare, ...again], { stdio: "inherit" });
  process.exit(status ?? 1);
}
const runs = Number(values.runs);
const counts = [1, 10, 100, 1000];
const most = Math.max(...counts);
/** A tenth of the shortest time between two changes. */
const goalMs = 10;

function startServer(serve: (connection: Connection) => void): ConnectionServer {
  const options = { threads: 1, handshakeTimeoutMs: 600_000, idleTimeoutMs: 0, maxConnections: 2 * most };
  return new ConnectionServer(mptcp, { ...options, serve });
}

/** The device's side dials the proxy's once for each client, all of them this process. */
async function openConnections(): Promise<{ proxy: ConnectionServer; stop: () => Promise<void> }> {
  const proxy = startServer(() => undefined);
  const { port: proxyPort } = proxy.listen({ address: "127.0.0.1", port: 0, mptcp: true });
  const target = { address: "127.0.0.1", port: proxyPort, localAddress: null, mptcp: true, timeoutMs: 5000 };
  const agent = startServer((connection) => {
    void connection.connect(target).then(() => connection.write("upstream", Buffer.from("x")));
  });
  const { port } = agent.listen({ address: "127.0.0.1", port: 0, mptcp: false });
  const clients: Socket[] = [];
  for (let index = 0; index < most; index += 1) {
    const client = connect({ host: "127.0.0.1", port });
    await once(client, "connect");
    client.write("x");
    clients.push(client);
  }
  while (proxy.stats().accepted < most) await sleep(20);
  const stop = async (): Promise<void> => {
    for (const client of clients) client.destroy();
    await agent.stop();
    await proxy.stop();
  };
  return { proxy, stop };
}

async function subflowsOf(proxy: ConnectionServer): Promise<SubflowAddress[]> {
  const samples = await proxy.sample(["client"]);
  return samples.flatMap(({ client }) =>
    (client?.subflows ?? []).map(({ local, remote }) => ({ token: client?.token ?? 0, local, remote })),
  );
}

/** Sockets that have been given a pacing rate, counted by `ss`. */
function countPaced(kbps: number): number {
  const list = execFileSync("ss", ["-tinH", "state", "established"], { encoding: "utf8", maxBuffer: 64 << 20 });
  return list.split(`/${kbps * 1000}bps`).length - 1;
}

console.log(describeMachine());
/* Negative where a namespace shares the machine's table. */
const buckets = Math.abs(Number(execFileSync("sysctl", ["-n", "net.ipv4.tcp_ehash_entries"], { encoding: "utf8" })));
const { proxy, stop } = await openConnections();
const subflows = await subflowsOf(proxy);
console.log(`${subflows.length} subflows; the kernel's table of connections has ${buckets} places`);
const pacer = mptcp.openPacer();
let worstMedian = 0;
let isComplete = true;
for (const count of counts) {
  const took: number[] = [];
  const cpuMs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const paces = subflows.slice(0, count).map((subflow) => ({ subflow, bytesPerSecond: 125_000 * (count + 1 + run) }));
    await sleep(5);
    const cpu = process.cpuUsage();
    const start = performance.now();
    pacer.setRates(paces);
    took.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    cpuMs.push((user + system) / 1000);
  }
  const paced = countPaced(1000 * (count + runs));
  isComplete &&= paced === count;
  worstMedian = Math.max(worstMedian, median(took));
  console.log(
    `${count} subflows: median ${median(took).toFixed(2)} ms, worst ${Math.max(...took).toFixed(2)} ms, of CPU ${median(cpuMs).toFixed(2)} ms, ${runs} runs; ${paced} paced`,
  );
}
pacer.close();
await stop();
conclude(
  "pacing",
  `${worstMedian.toFixed(1)} ms for ${most} subflows`,
  `${goalMs} ms, none left out`,
  isComplete && worstMedian <= goalMs,
);
