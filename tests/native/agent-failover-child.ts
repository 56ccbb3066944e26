/**
 * Runs in a network namespace of its own (`unshare -n`). Prints one JSON line.
 *
 *   client ── agent ──┬── proxy A, killed and started again, each a process
 *                     └── proxy B                      └── content (echo)
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startAgent } from "@/lib/agent/agent";
import { NodeCredential } from "@/lib/proxy/node-credential";
import { startProxyNode } from "@/lib/proxy/proxy-node";
import { createLog } from "@/lib/shared/log";
import { entitlement, policySnapshot, rule, whiteList } from "../factories/policy";
import { startPortalServer } from "../factories/portal-server";

const [, bundle = "", scenario = "", portalUrl = "", portText = "", folder = ""] = process.argv;
const portA = 2080;
const portB = 2081;
const sayLog = createLog("failover");

/** `isOpen`: it was answered; `tookMs`: null where no byte came back. */
type Try = { startMs: number; isOpen: boolean; tookMs: number | null };

/** One proxy node until it is killed. */
async function runProxy(): Promise<void> {
  const node = await startProxyNode({
    portalUrl,
    credential: NodeCredential.given("node.secret"),
    listenAddress: "127.0.0.1",
    port: Number(portText),
    stateFolder: folder,
    threads: 1,
    restart: async () => {},
    log: sayLog,
  });
  await node.ready;
  process.stdout.write("ready\n");
}

async function runAgent(): Promise<object> {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  const home = await mkdtemp(join(tmpdir(), "failover-"));
  const nodes = await startPortalServer([entitlement("ue")]);
  const agents = await startPortalServer();
  const snapshot = policySnapshot({
    whiteLists: [whiteList("here", [rule("cidr", "127.0.0.0/8")])],
    allowedPrivateRanges: ["127.0.0.0/8"],
  });
  nodes.send({ type: "snapshot", snapshot });
  const place = { region: null, address: "127.0.0.1", load: 0, isDraining: false };
  const list = [
    { id: "a", port: portA, ...place },
    { id: "b", port: portB, ...place },
  ];
  agents.send({
    ...{ type: "entitlement", state: "active", serviceClassId: "gold" },
    ...{ isQuotaReached: false, extraWhiteListIds: [] },
  });
  agents.send({ type: "nodes", nodes: list });
  agents.send({ type: "snapshot", snapshot });
  const content = createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(0, "127.0.0.1");
  await once(content, "listening");
  const contentPort = (content.address() as AddressInfo).port;
  const children: ChildProcess[] = [];
  const startNode = async (port: number): Promise<ChildProcess> => {
    const args = [bundle, "proxy", nodes.url, String(port), join(home, String(port))];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout, "data");
    return child;
  };
  const [first] = await Promise.all([startNode(portA), startNode(portB)]);
  const agent = await startAgent({
    portalUrl: agents.url,
    deviceId: "ue",
    secret: "right",
    proxy: { address: "127.0.0.1", port: 9 },
    links: [
      { access: "wifi", name: "127.0.0.2" },
      { access: "lte", name: "127.0.0.3" },
    ],
    wifiAutomation: null,
    listenAddress: "127.0.0.1",
    port: 0,
    transparent: null,
    pagePort: null,
    log: sayLog,
  });
  await agent.ready;
  /** One new connection through the agent: how long until its first byte came back; null: it failed, or was cut. */
  const tryOnce = async (): Promise<Try> => {
    const startMs = performance.now();
    const socket = connect({ host: "127.0.0.1", port: agent.listener.port });
    let isOpen = false;
    try {
      socket.write(`CONNECT 127.0.0.1:${contentPort} HTTP/1.1\r\nHost: here\r\n\r\n`);
      const [answer] = await once(socket, "data", { signal: AbortSignal.timeout(10_000) });
      isOpen = String(answer).startsWith("HTTP/1.1 200");
      if (!isOpen) return { startMs, isOpen, tookMs: null };
      socket.write("x");
      await once(socket, "data", { signal: AbortSignal.timeout(5000) });
      return { startMs, isOpen, tookMs: performance.now() - startMs };
    } catch {
      return { startMs, isOpen, tookMs: null };
    } finally {
      socket.on("error", () => {}).destroy();
    }
  };
  /** New connections, twenty a second, until told to stop. One that was open when its node was killed did not fail. */
  const load = (): ((killedMs: number) => Promise<{ tries: number; failed: number; worstMs: number }>) => {
    const tries: Promise<Try>[] = [];
    const timer = setInterval(() => tries.push(tryOnce()), 50);
    return async (killedMs) => {
      clearInterval(timer);
      const found = await Promise.all(tries);
      const failed = found.filter(({ startMs, isOpen, tookMs }) => tookMs === null && !(isOpen && startMs < killedMs));
      const worstMs = Math.max(...found.map(({ tookMs }) => tookMs ?? 0));
      return { tries: found.length, failed: failed.length, worstMs };
    };
  };
  const usedPort = async (): Promise<number> => {
    const socket = connect({ host: "127.0.0.1", port: agent.listener.port });
    socket.write(`CONNECT 127.0.0.1:${contentPort} HTTP/1.1\r\nHost: here\r\n\r\n`);
    await once(socket, "data");
    const used = [portA, portB].find(
      (port) => execFileSync("ss", ["-tnH", "state", "established", "dport", "=", `:${port}`]).length > 0,
    );
    socket.destroy();
    await sleep(300);
    return used ?? 0;
  };
  try {
    for (let left = 50; (await tryOnce()).tookMs === null && left > 0; left -= 1) await sleep(100);
    // Where the second node was ready sooner, the first one is returned to.
    let before = await usedPort();
    for (let left = 50; before !== portA && left > 0; left -= 1) {
      await sleep(300);
      before = await usedPort();
    }
    const stopLoad = load();
    await sleep(500);
    const killedMs = performance.now();
    first.kill("SIGKILL");
    await sleep(4000);
    const during = await stopLoad(killedMs);
    const after = await usedPort();
    const backMs = performance.now();
    await startNode(portA);
    let back = after;
    while (back !== portA && performance.now() - backMs < 25_000) {
      await tryOnce();
      await sleep(200);
      back = await usedPort();
    }
    return { before, during, after, back, returnedMs: performance.now() - backMs };
  } finally {
    await agent.stop();
    for (const child of children) child.kill("SIGKILL");
    nodes.close();
    agents.close();
    content.close();
    await rm(home, { recursive: true, force: true });
  }
}

if (scenario === "proxy") await runProxy();
else {
  process.stdout.write(`${JSON.stringify(await runAgent())}\n`);
  process.exit(0);
}
