/**
 * Runs in a network namespace of its own (`unshare -n`): a download whose client has ended its direction, over MPTCP whose
 * packets are lost for longer than a peer may take nothing. Prints what arrived, as JSON.
 */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { dial, receiveAll, startServer } from "./net-ends";
import { startRoute } from "./start-relay";

const outageMs = 14_000;
const run = (command: string): Buffer => execFileSync("sh", ["-ec", command]);

run("ip link set lo up; tc qdisc add dev lo root tbf rate 200mbit burst 256kb limit 2mb");
const server = await startServer((socket) => socket.on("end", () => socket.end(Buffer.alloc(48 << 20))).resume());
const route = startRoute("mptcp", server.port);
const client = await dial(route.port);
const received = receiveAll(client);
client.end("x");
await sleep(500);
const { port } = route.proxy.listener;
const lose = `nft 'add table ip t; add chain ip t c { type filter hook input priority 0; }; add rule ip t c tcp dport ${port} drop; add rule ip t c tcp sport ${port} drop'`;
run(lose);
await sleep(outageMs);
run("nft delete table ip t");
const { bytes, end } = await received;
console.log(JSON.stringify({ bytes, end, proxy: (await route.proxy.next("closed")).reason }));
await route.stop();
await server.close();
