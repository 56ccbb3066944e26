/**
 * `npm run measure -- fleet-publish`: the portal as shipped, 200 nodes that joined by code and speak the node's own
 * protocol. From the moment when a publish is asked for until each node has it; then the portal is killed: how long until
 * every node's stream is back, how many requests a second that makes at the most, and what the portal's process spends on
 * it. Options: `--nodes N` (200), `--runs N` publishes (20), `--quick` (5).
 */
import { parseArgs } from "node:util";
import { joinCodeSchema, nodeCredentialSchema } from "@/lib/contracts/nodes";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { LightNode } from "../factories/light-node";
import { PortalDesk } from "../factories/portal-desk";
import { cpuSeconds } from "../factories/process-cost";
import { SignedInStaff } from "../factories/started-demo";
import { startProduct } from "../factories/started-product";

const { values } = parseArgs({
  options: {
    nodes: { type: "string", default: "200" },
    runs: { type: "string", default: "20" },
    quick: { type: "boolean", default: false },
  },
});
const nodeCount = Number(values.nodes);
const runs = values.quick ? 5 : Number(values.runs);
const goalMs = 2000;
/** A herd would be all nodes within the first tenth of a second. */
const goalPeakPerSecond = nodeCount * 3;
const backDeadlineMs = 60_000;
const settleMs = 3000;

const quantile = (figures: readonly number[], share: number): number =>
  [...figures].sort((one, other) => one - other)[Math.min(figures.length - 1, Math.floor(figures.length * share))] ??
  Number.NaN;

async function until(what: string, isTrue: () => boolean, deadlineMs: number): Promise<void> {
  for (const deadline = Date.now() + deadlineMs; Date.now() < deadline; await sleep(10)) if (isTrue()) return;
  throw new Error(`${what}: not within ${deadlineMs / 1000} s`);
}

/** The most requests that began within `windowMs`, as a rate. */
function peakPerSecond(atMs: readonly number[], windowMs: number): number {
  const sorted = [...atMs].sort((one, other) => one - other);
  let most = 0;
  for (let from = 0, to = 0; to < sorted.length; to += 1) {
    while ((sorted[to] ?? 0) - (sorted[from] ?? 0) >= windowMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return (most * 1000) / windowMs;
}

async function joinNode(staff: SignedInStaff, portalUrl: string, name: string): Promise<string> {
  const { code } = joinCodeSchema.parse(await staff.call("POST", "/api/nodes/join-codes", { name, region: null }));
  const answer = await fetch(`${portalUrl}/api/nodes/join`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  });
  return nodeCredentialSchema.parse(await answer.json()).credential;
}

console.log(describeMachine());
const product = await startProduct();
const nodes: LightNode[] = [];
try {
  const staff = await SignedInStaff.byLink(product);
  const desk = new PortalDesk(staff);
  const credentials: string[] = [];
  for (let index = 1; index <= nodeCount; index += 1)
    credentials.push(await joinNode(staff, product.portalUrl, `Node ${index}`));
  for (const credential of credentials) nodes.push(new LightNode(product.portalUrl, credential));
  await until("every node has a policy", () => nodes.every(({ versions }) => versions.size > 0), backDeadlineMs);
  console.log(`${nodeCount} nodes joined and report once a second`);
  await sleep(settleMs);

  const reachedMs: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const asked = performance.now();
    const { version } = await desk.publishClass("gold", { totalRateKbps: 100_000 + run });
    const answered = performance.now() - asked;
    await until("every node has the version", () => nodes.every((node) => node.versions.has(version)), backDeadlineMs);
    const took = nodes.map((node) => (node.versions.get(version) ?? Number.NaN) - asked);
    reachedMs.push(...took);
    console.log(
      `publish ${run}: answered after ${answered.toFixed(0)} ms; at the nodes median ${median(took).toFixed(0)}, last ${Math.max(...took).toFixed(0)} ms`,
    );
    await sleep(500);
  }
  const p99 = quantile(reachedMs, 0.99);
  console.log(
    `until a node has it, from the first of the three calls of a publish: median ${median(reachedMs).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, worst ${Math.max(...reachedMs).toFixed(0)} ms`,
  );

  const pid = await product.portalPid();
  const cpuBefore = cpuSeconds(pid);
  await sleep(5000);
  const calmCpu = (cpuSeconds(pid) - cpuBefore) / 5;
  const killedAt = performance.now();
  process.kill(pid, "SIGKILL");
  await until("the nodes notice", () => nodes.some(({ isConnected }) => !isConnected), 5000);
  await until(
    "every node is back",
    () => nodes.every(({ isConnected, connectedAtMs }) => isConnected && connectedAtMs > killedAt),
    backDeadlineMs,
  );
  const backMs = nodes.map(({ connectedAtMs }) => connectedAtMs - killedAt);
  const newPid = await product.portalPid();
  const cpuAtBack = cpuSeconds(newPid);
  await sleep(5000);
  const cpuAfter = cpuSeconds(newPid);
  const firstBackMs = Math.min(...backMs);
  const requests = nodes.flatMap((node) => node.requests).filter(({ atMs }) => atMs > killedAt + firstBackMs - 50);
  const peak = peakPerSecond(
    requests.map(({ atMs }) => atMs),
    1000,
  );
  const streams = requests.filter(({ kind }) => kind === "stream").map(({ atMs }) => atMs);
  const firstFull = Math.max(...backMs) - firstBackMs;
  console.log(
    `portal killed: first stream back after ${firstBackMs.toFixed(0)} ms, median ${median(backMs).toFixed(0)}, all after ${Math.max(...backMs).toFixed(0)} ms (spread over ${firstFull.toFixed(0)} ms)`,
  );
  console.log(
    `from then on at the most ${peak.toFixed(0)} requests in one second (${peakPerSecond(streams, 1000).toFixed(0)} of them streams; within 100 ms at a rate of ${peakPerSecond(streams, 100).toFixed(0)}/s)`,
  );
  console.log(
    `portal's CPU: ${cpuAtBack.toFixed(1)} s from its start until all were back, then ${(((cpuAfter - cpuAtBack) / 5) * 100).toFixed(0)} % of a core (before: ${(calmCpu * 100).toFixed(0)} %)`,
  );
  const isReached = p99 < goalMs && peak <= goalPeakPerSecond;
  conclude(
    "fleet-publish",
    `p99 ${p99.toFixed(0)} ms to ${nodeCount} nodes, ${runs} publishes; after a kill all back in ${(Math.max(...backMs) / 1000).toFixed(1)} s, peak ${peak.toFixed(0)} requests/s`,
    `p99 < ${goalMs} ms, peak ≤ ${goalPeakPerSecond}/s`,
    isReached,
  );
} finally {
  await Promise.all(nodes.map((node) => node.stop()));
  await product.stop();
}
