/**
 * Runs in a network namespace of its own (`unshare -n`), which vanishes with the process. Prints one JSON line.
 *
 *   client ──> 10.9.0.1, fd00:9::1 ── nft redirect ──> transparent listener ── marked ──> the same address: a server
 *                                                                                         that speaks first
 */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectOptions, SocketAddress } from "@/lib/mptcp";
import { dial, receive, startServer } from "./net-ends";
import { startEngine } from "./start-relay";

const mark = 0x7a7;
const addresses = ["10.9.0.1", "fd00:9::1"];
const greeting = "220 who are you?";

execFileSync("ip", ["link", "set", "lo", "up"]);
execFileSync("ip", ["address", "add", "10.9.0.1/32", "dev", "lo"]);
execFileSync("ip", ["address", "add", "fd00:9::1/128", "dev", "lo", "nodad"]);

/** As an agent does: what carries the mark goes out, all else comes to the listener. */
function redirect(from: number, to: number): void {
  const rules = `table inet steer {
    chain output {
      type nat hook output priority -100
      meta mark ${mark} tcp dport ${from} counter accept
      ip daddr 10.9.0.1 tcp dport ${from} redirect to :${to}
      ip6 daddr fd00:9::1 tcp dport ${from} redirect to :${to}
    }
  }`;
  execFileSync("nft", ["-f", "-"], { input: rules });
}

function markedConnections(): number {
  const listing = execFileSync("nft", ["list", "table", "inet", "steer"], { encoding: "utf8" });
  return Number(/counter packets (\d+)/.exec(listing)?.[1]);
}

const server = await startServer((socket) => {
  socket.write(greeting);
  socket.pipe(socket);
}, "::");

let shouldDial = true;
let isMptcp = false;
const started = startEngine({ handshakeTimeoutMs: 5000 }, (engine, event) => {
  if (event.type === "accepted" && event.originalDestination && shouldDial) {
    const target: ConnectOptions = {
      ...event.originalDestination,
      localAddress: null,
      mptcp: isMptcp,
      mark,
      timeoutMs: 2000,
    };
    engine.connect(event.connection, target);
  }
  if (event.type === "connected") engine.relay(event.connection);
});
const options = { address: "::", port: 0, mptcp: false };
const listener = started.engine.listen({ ...options, transparent: true });
const plain = started.engine.listen(options);

let expected = 0;
async function dialAndSee(port: number, address: string, firstBytes = "") {
  expected += 1;
  const client = await dial(port, address);
  if (firstBytes !== "") client.write(firstBytes);
  const { originalDestination, data } = await started.next("accepted", expected);
  return { client, originalDestination, data: data.toString() };
}

const results: Record<string, unknown> = {};
const untracked = await dialAndSee(listener.port, "127.0.0.1");
results["untracked"] = untracked.originalDestination;
const ordinary = await dialAndSee(plain.port, "127.0.0.1", "x");
results["ordinary"] = [ordinary.originalDestination, ordinary.data];

redirect(server.port, listener.port);
const seen: (SocketAddress | null)[] = [];
const greetings: string[] = [];
for (isMptcp of [false, true]) {
  for (const address of addresses) {
    const { client, originalDestination, data } = await dialAndSee(server.port, address);
    seen.push(originalDestination);
    greetings.push(data + (await receive(client, greeting.length)).toString());
    client.write("me");
    greetings.push((await receive(client, 2)).toString());
    client.end();
  }
}
await started.next("closed", 4);
results["seen"] = seen;
results["greetings"] = greetings;
results["kinds"] = started.all("connected").map(({ kind }) => kind);
results["marked"] = markedConnections();

shouldDial = false;
const silent = await dialAndSee(server.port, "10.9.0.1");
const { connection } = await started.next("accepted", expected);
started.engine.read(connection, "client");
await sleep(50);
results["heardOfSilent"] = started.all("data").length;
silent.client.write("late");
results["late"] = (await started.next("data")).data.toString();
silent.client.end();
started.engine.read(connection, "client");
results["end"] = (await started.next("end")).connection === connection;
const gone = await dialAndSee(server.port, "10.9.0.1");
gone.client.resetAndDestroy();
results["gone"] = (await started.next("closed", 5)).reason;

for (const { client } of [untracked, ordinary, silent]) client.destroy();
await started.engine.stop();
await server.close();
results["port"] = server.port;
console.log(JSON.stringify(results));
