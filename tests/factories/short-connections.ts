import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { StartedDemo } from "./started-demo";

export type ShortConnections = {
  /** Connections that got the whole answer, and why the others did not. */
  good: number;
  failures: string[];
  /** The longest that one waited for the proxy's first byte, and the longest time in which none got it. */
  longestWaitMs: number;
  longestGapMs: number;
};

/** One SOCKS request after the other, at a steady rate: each gets a small page, and asks for it anew. */
const script = `
  const [host, port, user, password, target, rate] = process.argv.slice(1);
  const net = require("node:net");
  const [address, targetPort] = target.split(":");
  const ip = Buffer.from(address.split(".").map(Number));
  const ask = Buffer.concat([
    Buffer.from([5, 1, 2, 1, user.length]), Buffer.from(user), Buffer.from([password.length]), Buffer.from(password),
    Buffer.from([5, 1, 0, 1]), ip, Buffer.from([targetPort >> 8, targetPort & 255]),
    Buffer.from("GET / HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n"),
  ]);
  const result = { good: 0, failures: [], longestWaitMs: 0, longestGapMs: 0 };
  let open = 0, isOver = false, lastMs = null;
  const report = () => { if (isOver && open === 0) { console.log(JSON.stringify(result)); process.exit(0); } };
  const one = () => {
    const began = performance.now();
    let bytes = Buffer.alloc(0), isFirst = true, failure = "ended early";
    open += 1;
    const socket = net.connect(Number(port), host);
    socket.setTimeout(10_000, () => { failure = "no answer within 10 s"; socket.destroy(); });
    socket.on("error", (error) => { failure = error.code ?? error.message; });
    socket.on("data", (chunk) => {
      const now = performance.now();
      if (isFirst) {
        result.longestWaitMs = Math.max(result.longestWaitMs, now - began);
        if (lastMs !== null) result.longestGapMs = Math.max(result.longestGapMs, now - lastMs);
        lastMs = now;
        isFirst = false;
      }
      bytes = Buffer.concat([bytes, chunk]);
    });
    socket.on("close", () => {
      open -= 1;
      if (bytes.includes("HTTP/1.1 200")) result.good += 1;
      else result.failures.push(failure + " after " + bytes.length + " bytes");
      report();
    });
    socket.write(ask);
  };
  let due = performance.now();
  const timer = setInterval(() => {
    for (const now = performance.now(); due <= now; due += 1000 / rate) one();
  }, 2);
  process.stdin.on("end", () => { isOver = true; clearInterval(timer); report(); }).resume();
  console.log("begun");`;

/**
 * Short connections to the proxy, until stopped. They begin on its own machine: no access link, full of downloads, loses
 * one on the way.
 */
export async function startShortConnections(
  demo: StartedDemo,
  device: { deviceId: string; secret: string },
  perSecond: number,
): Promise<{ stop: () => Promise<ShortConnections> }> {
  const target = `${demo.contentAddress}:80`;
  const args = [demo.proxyAddress, "1080", device.deviceId, device.secret, target, String(perSecond)];
  const line = ["netns", "exec", demo.namespace("mp"), process.execPath, "-e", script, ...args];
  const child: ChildProcess = spawn("ip", line, { stdio: ["pipe", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("the load has no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    stop: async () => {
      child.stdin?.end();
      const { value } = await lines.next();
      return JSON.parse(value ?? "");
    },
  };
}
