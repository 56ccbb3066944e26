/**
 * `npm run measure -- rate-limit`: 1, 4 and 16 parallel downloads and uploads through a relay of two threads that share
 * one limit of 20 or 200 Mbit/s: the rate that arrives in all, and the parts of the slowest and the fastest. Over the
 * loopback of a namespace of its own with segments of 1500 bytes: with those of 64 KB the windows of MPTCP open in steps
 * so large that a source runs dry now and then. Options: `--seconds N` (default 5), `--rounds N` (default 3).
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { mptcp } from "@/lib/mptcp";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    inside: { type: "boolean", default: false },
  },
});
if (!values.inside) {
  const prepare = 'ip link set lo up mtu 1500 && exec "$0" "$@"';
  const again = [process.execPath, ...process.argv.slice(1), "--inside"];
  const { status } = spawnSync("unshare", ["-n", "sh", "-c", prepare, ...again], { stdio: "inherit" });
  process.exit(status ?? 1);
}
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const goalPercent = 5;
const limit = 1;
const chunk = Buffer.alloc(64 << 10);

type Direction = "download" | "upload";
type Case = { direction: Direction; isMptcp: boolean; mbps: number; streams: number };
type Figure = { mbps: number; leastPart: number; mostPart: number; cpuPercent: number };

function send(socket: Socket): void {
  const fill = () => {
    while (socket.writable && socket.write(chunk)) if (socket.writableLength > 1 << 20) return;
  };
  socket.on("drain", fill);
  fill();
}

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** A chain of relays: TCP in and out, and with MPTCP between an agent and a proxy; the proxy limits. */
function startRelay(upstreamPort: number, isMptcpIn: boolean, isMptcpOut: boolean, isLimited: boolean) {
  const server = new ConnectionServer(mptcp, {
    threads: 2,
    handshakeTimeoutMs: 10_000,
    idleTimeoutMs: 0,
    maxConnections: 100,
    serve: (connection) => {
      if (isLimited) connection.limit(limit);
      const target = { address: "127.0.0.1", port: upstreamPort, localAddress: null, timeoutMs: 5000 };
      void connection
        .connect({ ...target, mptcp: isMptcpOut })
        .then(async () => {
          const first = await connection.read("client");
          if (first !== null) connection.write("upstream", first);
          connection.relay();
        })
        .catch(() => undefined);
    },
  });
  return { server, port: server.listen({ address: "127.0.0.1", port: 0, mptcp: isMptcpIn }).port };
}

async function measure({ direction, isMptcp, mbps, streams }: Case): Promise<Figure> {
  const received = Array.from({ length: streams }, () => 0);
  const sockets: Socket[] = [];
  const track = (socket: Socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
  };
  const receive = (socket: Socket, index: number) =>
    socket.on("data", (data: Buffer) => {
      received[index] = (received[index] ?? 0) + data.length;
    });
  let accepted = 0;
  const source = createServer((socket) => {
    track(socket);
    if (direction === "upload") receive(socket, accepted);
    else socket.once("data", () => send(socket));
    accepted += 1;
  });
  const sourcePort = await portOf(source);
  const proxy = startRelay(sourcePort, isMptcp, false, true);
  const agent = isMptcp ? startRelay(proxy.port, false, true, false) : null;
  const bytesPerSecond = (mbps * 1e6) / 8;
  proxy.server.setRateLimit(limit, { uploadBytesPerSecond: bytesPerSecond, downloadBytesPerSecond: bytesPerSecond });
  for (let index = 0; index < streams; index += 1) {
    const socket = connect({ port: agent?.port ?? proxy.port, host: "127.0.0.1" });
    await once(socket, "connect");
    track(socket);
    socket.write("x");
    if (direction === "download") receive(socket, index);
    else send(socket);
  }
  await sleep(1000);
  const before = [...received];
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  await sleep(seconds * 1000);
  const parts = received.map((bytes, index) => bytes - (before[index] ?? 0));
  const lastedMs = performance.now() - began;
  const cpu = process.cpuUsage(cpuBefore);
  const sum = parts.reduce((all, part) => all + part, 0);
  for (const socket of sockets) socket.destroy();
  await agent?.server.stop();
  await proxy.server.stop();
  source.close();
  return {
    mbps: (sum * 8) / lastedMs / 1000,
    leastPart: (Math.min(...parts) * streams) / sum,
    mostPart: (Math.max(...parts) * streams) / sum,
    cpuPercent: (cpu.user + cpu.system) / 10 / lastedMs,
  };
}

console.log(describeMachine());
let worstPercent = 0;
for (const direction of ["download", "upload"] as const) {
  for (const isMptcp of [false, true]) {
    for (const mbps of [20, 200]) {
      for (const streams of [1, 4, 16]) {
        const figures: Figure[] = [];
        for (let round = 0; round < rounds; round += 1)
          figures.push(await measure({ direction, isMptcp, mbps, streams }));
        const errors = figures.map((figure) => (figure.mbps / mbps - 1) * 100);
        const worst = errors.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
        worstPercent = Math.max(worstPercent, Math.abs(worst));
        console.log(
          [
            `${direction} over ${isMptcp ? "MPTCP" : "TCP"}, limit ${mbps} Mbit/s, ${streams} at once:`,
            `${median(figures.map((figure) => figure.mbps)).toFixed(2)} Mbit/s (worst ${worst >= 0 ? "+" : ""}${worst.toFixed(2)} %),`,
            `parts ${Math.min(...figures.map((figure) => figure.leastPart)).toFixed(2)} to ${Math.max(...figures.map((figure) => figure.mostPart)).toFixed(2)} of an equal one,`,
            `CPU of both ends and the relay ${median(figures.map((figure) => figure.cpuPercent)).toFixed(0)} %`,
          ].join(" "),
        );
      }
    }
  }
}
conclude(
  "rate-limit",
  `furthest from its limit ${worstPercent.toFixed(2)} % over ${seconds} s; ${rounds} runs each`,
  `≤ ${goalPercent} %`,
  worstPercent <= goalPercent,
);
