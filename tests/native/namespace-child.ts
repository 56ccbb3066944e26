/**
 * Runs in a network namespace of its own (`unshare -n`), which vanishes with the process. Prints one JSON line.
 *
 *   UE end of each session            proxy listener
 *   10.7.0.1  path 1  ─┐
 *                      ├── lo ──  10.7.0.9
 *   10.7.0.2  path 2  ─┘
 */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { mptcp, type PathManagerEvent } from "@/lib/mptcp";
import { dial, receive, startServer } from "./net-ends";
import { startRelay, waitFor } from "./start-relay";

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "inherit"] });
}

function setUp(): void {
  ip("link", "set", "lo", "up");
  ip("link", "add", "paths", "type", "veth", "peer", "name", "other-end");
  ip("link", "set", "other-end", "up");
  ip("link", "set", "paths", "up");
  for (const address of ["10.7.0.1/24", "10.7.0.2/24", "10.7.0.9/24"]) ip("address", "add", address, "dev", "paths");
}

/** An agent and a proxy in a row with MPTCP over both addresses between them. */
function startTwoPaths(upstreamPort: number) {
  const proxy = startRelay({ upstreamPort, isMptcpIn: true, listenAddress: "10.7.0.9" });
  const agent = startRelay({
    upstreamAddress: "10.7.0.9",
    upstreamPort: proxy.listener.port,
    isMptcpOut: true,
    localAddress: "10.7.0.1",
  });
  return { agent, proxy };
}

async function runTwoPaths(): Promise<unknown> {
  const manager = mptcp.openPathManager();
  manager.setLimits({ subflows: 4, acceptedAddresses: 0 });
  manager.addEndpoint({ address: "10.7.0.2", interfaceName: "paths", flags: ["subflow"] });
  const megabytes = 40;
  const server = await startServer((socket) => {
    socket.on("data", (data) => {
      if (data.toString() === "go") for (let i = 0; i < megabytes; i += 1) socket.write(Buffer.alloc(1 << 20));
      else socket.write("o");
    });
    socket.on("end", () => socket.end());
  });
  const { agent, proxy } = startTwoPaths(server.port);
  const client = await dial(agent.listener.port);
  client.write("h");
  await receive(client, 1);
  await sleep(200);
  client.write("go");
  await receive(client, megabytes << 20);
  await sleep(200);
  proxy.engine.sample(1, null, ["client", "upstream"]);
  const open = (await proxy.next("sampled")).samples[0];
  client.end();
  const last = (await proxy.next("closed")).last;
  const second = await dial(agent.listener.port);
  second.write("h");
  await receive(second, 1);
  await sleep(100);
  second.resetAndDestroy();
  const reset = (await proxy.next("closed", 2)).last;
  await agent.engine.stop();
  await proxy.engine.stop();
  await server.close();
  manager.close();
  return { open, last, reset, relayedBytes: (megabytes << 20) + 1 };
}

async function runPathManager(): Promise<unknown> {
  const manager = mptcp.openPathManager();
  const before = manager.limits();
  manager.setLimits({ subflows: 3, acceptedAddresses: 2 });
  const after = manager.limits();
  const events: PathManagerEvent[] = [];
  const unsubscribe = manager.onEvent((event) => events.push(event));
  const subflowId = manager.addEndpoint({ address: "10.7.0.2", interfaceName: "paths", flags: ["subflow"] });
  const signalId = manager.addEndpoint({
    address: "fd00::7",
    interfaceName: null,
    flags: ["signal", "backup"],
    id: 42,
  });
  const added = manager.endpoints();
  const failures = [
    () => manager.addEndpoint({ address: "10.7.0.2", interfaceName: null, flags: ["subflow"] }),
    () => manager.addEndpoint({ address: "10.7.0.3", interfaceName: "nowhere", flags: ["subflow"] }),
    () => manager.addEndpoint({ address: "10.7.0.300", interfaceName: null, flags: [] }),
    () => manager.removeEndpoint(200),
    () => manager.setLimits({ subflows: 60, acceptedAddresses: 60 }),
  ].map((call) => {
    try {
      call();
      return null;
    } catch (error) {
      const { code, errno, syscall, message } = error as {
        code: string;
        errno: number;
        syscall: string;
        message: string;
      };
      return { code, errno, syscall, message };
    }
  });
  const server = await startServer((socket) => socket.pipe(socket));
  const { agent, proxy } = startTwoPaths(server.port);
  const client = await dial(agent.listener.port);
  client.write("x");
  await receive(client, 1);
  await waitFor("both ends of the second subflow", () => count(events, "subflow-established") >= 2);
  manager.setEndpointBackup(subflowId, true);
  await waitFor("the peer to hear of the backup", () => count(events, "subflow-priority") >= 1);
  const changed = manager.endpoints();
  manager.removeEndpoint(subflowId);
  await waitFor("the subflow to go", () => count(events, "subflow-closed") >= 1);
  client.end();
  await waitFor("both ends to close", () => count(events, "closed") >= 2);
  manager.removeEndpoint(signalId);
  const left = manager.endpoints();
  unsubscribe();
  const heard = events.length;
  await agent.engine.stop();
  await proxy.engine.stop();
  await server.close();
  await sleep(50);
  manager.close();
  let closedError = "";
  try {
    manager.endpoints();
  } catch (error) {
    closedError = (error as Error).message;
  }
  return {
    before,
    after,
    subflowId,
    signalId,
    added,
    changed,
    left,
    failures,
    events,
    heardAfter: events.length - heard,
    closedError,
  };
}

/** More news than the kernel keeps for one that reads nothing meanwhile, then one more of each kind. */
async function runOverrun(): Promise<unknown> {
  const manager = mptcp.openPathManager();
  const events: PathManagerEvent[] = [];
  let linkNews = 0;
  manager.onEvent((event) => events.push(event));
  const stopWatching = mptcp.watchLinks(() => {
    linkNews += 1;
  });
  const listeners = 25_000;
  const script = [
    "import socket, sys",
    "for _ in range(int(sys.argv[1])):",
    "  s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)",
    "  s.bind(('127.0.0.1', 0)); s.listen(1); s.close()",
  ].join("\n");
  execFileSync("python3", ["-c", script, `${listeners}`]);
  const addresses = Array.from({ length: 2000 }, (_, i) => `address add 10.9.${i >> 8}.${i & 255}/32 dev paths`);
  execFileSync("ip", ["-batch", "-"], { input: addresses.join("\n") });
  let heard = -1;
  while (heard !== events.length) {
    heard = events.length;
    await sleep(300);
  }
  const linkNewsBefore = linkNews;
  ip("address", "add", "10.7.0.3/24", "dev", "paths");
  const proxy = startRelay({ upstreamPort: 9, isMptcpIn: true, listenAddress: "10.7.0.9" });
  await waitFor("news of the address", () => linkNews > linkNewsBefore, 3000);
  await waitFor("news of the listener", () => events.some(({ local }) => local?.port === proxy.listener.port), 3000);
  stopWatching();
  await proxy.engine.stop();
  manager.close();
  return { made: 2 * listeners, heard };
}

function count(events: PathManagerEvent[], type: PathManagerEvent["type"]): number {
  return events.filter((event) => event.type === type).length;
}

setUp();
const scenarios = { "two-paths": runTwoPaths, "path-manager": runPathManager, overrun: runOverrun };
const result = await scenarios[process.argv[2] as keyof typeof scenarios]();
console.log(JSON.stringify(result));
