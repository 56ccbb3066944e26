/** How an engine lives in a process. Arguments: the scenario, and what it needs. Prints what the test reads. */
import { createInterface } from "node:readline";
import { mptcp } from "@/lib/mptcp";
import { dial, receive, startServer } from "./net-ends";
import { startRelay, waitFor } from "./start-relay";

const scenario = process.argv[2];

async function startBusyRelay() {
  const server = await startServer((socket) => socket.pipe(socket));
  server.server.unref();
  const relay = startRelay({ upstreamPort: server.port, isMptcpIn: true });
  const client = await dial(relay.listener.port);
  client.write("x");
  await receive(client, 1);
  client.on("data", () => undefined);
  const timer = setInterval(() => client.writableNeedDrain || client.write(Buffer.alloc(1 << 20)), 1);
  return { server, relay, client, timer };
}

async function exitBusy(): Promise<void> {
  await startBusyRelay();
  setTimeout(() => process.exit(0), 200);
}

async function endAfterStop(): Promise<void> {
  const { server, relay, client, timer } = await startBusyRelay();
  clearInterval(timer);
  const manager = mptcp.openPathManager();
  manager.onEvent(() => undefined);
  await relay.engine.stop();
  client.destroy();
  await server.close();
}

async function throwInListener(): Promise<void> {
  const caught: string[] = [];
  process.on("uncaughtException", (error) => caught.push(error.message));
  let hasThrown = false;
  const server = await startServer((socket) => socket.pipe(socket));
  const relay = startRelay({
    upstreamPort: server.port,
    onEvent: () => {
      if (hasThrown) return;
      hasThrown = true;
      throw new Error("from the listener");
    },
  });
  const first = await dial(relay.listener.port);
  first.write("x");
  await waitFor("the exception", () => caught.length === 1);
  const second = await dial(relay.listener.port);
  second.write("y");
  await receive(second, 1);
  first.destroy();
  second.destroy();
  await relay.engine.stop();
  await server.close();
  console.log(JSON.stringify(caught));
}

/** Prints the port, then answers each line of input with the engine's numbers and the CPU time used so far. */
async function serveUntilToldOtherwise(): Promise<void> {
  const server = await startServer((socket) => socket.pipe(socket));
  const relay = startRelay({ upstreamPort: server.port, isMptcpIn: true });
  console.log(relay.listener.port);
  for await (const _line of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({ ...relay.engine.stats(), cpuMs: (user + system) / 1000 }));
  }
  await relay.engine.stop();
  await server.close();
}

/** Prints the port of a relay that goes on to `port` by MPTCP, as an agent does, and serves until it is killed. */
function carryByMptcp(port: number): void {
  console.log(startRelay({ upstreamPort: port, isMptcpOut: true }).listener.port);
}

if (scenario === "exit-busy") await exitBusy();
else if (scenario === "end-after-stop") await endAfterStop();
else if (scenario === "throw-in-listener") await throwInListener();
else if (scenario === "carry-by-mptcp") carryByMptcp(Number(process.argv[3]));
else await serveUntilToldOtherwise();
