import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { sleep } from "@/lib/shared/sleep";

/**
 * Where a fleet runs: a namespace of its own, one for each agent, and one for the content, which a node does not relay to
 * where it has the same addresses as itself.
 *
 *   agent 1 (namespace)  10.71.0.1 WiFi, 10.72.0.1 LTE ─┐
 *   agent 2 …                                            ├─ bridge ─ 10.70.0.1 portals' balancer and nodes
 *   content (namespace)  10.74.0.1                      ─┘
 */
export const hub = { address: "10.70.0.1", portalPort: 3000 };
export const content = { address: "10.74.0.1", port: 8080 };
export const networks = { wifi: "10.71.0.0/16", lte: "10.72.0.0/16", content: "10.74.0.0/16" };
const bridge = "fleet";

export const wifiOf = (index: number): string => `10.71.0.${index}`;
export const lteOf = (index: number): string => `10.72.0.${index}`;

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}

/** The middle, in the namespace that this process is in. */
export function layBridge(): void {
  ip("link", "set", "lo", "up");
  ip("link", "add", bridge, "type", "bridge");
  ip("link", "set", bridge, "up");
  for (const address of [hub.address, "10.71.255.254", "10.72.255.254", "10.74.255.254"])
    ip("address", "add", `${address}/16`, "dev", bridge);
}

/** A namespace at the bridge: `enter` before a command line runs it there. It goes when `close` was called. */
export type FleetNamespace = { enter: readonly string[]; close: () => void };

const namespaceOf = (pid: number | "self"): string => readlinkSync(`/proc/${pid}/ns/net`);

/** @param name of the bridge's end; Linux takes 15 characters at the most */
export async function openNamespace(name: string, addresses: readonly string[]): Promise<FleetNamespace> {
  const holder: ChildProcess = spawn("unshare", ["-n", "cat"], { stdio: ["pipe", "ignore", "ignore"] });
  const pid = holder.pid ?? 0;
  while (namespaceOf(pid) === namespaceOf("self")) await sleep(5);
  const enter = ["nsenter", "-t", String(pid), "-n"];
  const inside = (...args: string[]): void => {
    execFileSync("nsenter", [...enter.slice(1), "ip", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  };
  ip("link", "add", name, "type", "veth", "peer", "name", "radio", "netns", String(pid));
  ip("link", "set", name, "master", bridge, "up");
  inside("link", "set", "lo", "up");
  inside("link", "set", "radio", "up");
  for (const address of addresses) inside("address", "add", `${address}/16`, "dev", "radio");
  inside("route", "add", "10.70.0.0/16", "dev", "radio");
  return { enter, close: () => void holder.kill("SIGKILL") };
}

/** Hands each connection to one of the portals in turn, past those that refuse it. */
export async function startBalancer(ports: readonly number[]): Promise<Server> {
  let turn = 0;
  const pass = (client: Socket, left: number): void => {
    turn += 1;
    const server = connect({ host: "127.0.0.1", port: ports[turn % ports.length] ?? 0 });
    server.once("connect", () => {
      client.pipe(server).pipe(client);
      client.on("close", () => server.destroy());
    });
    let isTried = false;
    server.on("error", () => {
      if (isTried || left <= 1 || server.bytesRead > 0) client.destroy();
      else pass(client, left - 1);
      isTried = true;
    });
    server.on("close", () => server.bytesRead > 0 && client.destroy());
  };
  const balancer = createServer((client) => {
    client.on("error", () => {});
    pass(client, ports.length);
  });
  balancer.listen(hub.portalPort, hub.address);
  await once(balancer, "listening");
  return balancer;
}

/** Answers a line with a number by so many bytes; for a process in the content's namespace. */
export function serveContent(): void {
  const block = Buffer.alloc(1 << 18, 7);
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (line) => socket.end(block.subarray(0, Math.min(block.length, Number(line)))));
  });
  server.listen(content.port, content.address);
}

/** One request of a program through its agent. @returns whether every byte came */
export function fetchThrough(agentAddress: string, agentPort: number, sizeBytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: agentAddress, port: agentPort });
    let received = 0;
    let isOpen = false;
    const timer = setTimeout(() => socket.destroy(), 20_000);
    socket.once("connect", () =>
      socket.write(`CONNECT ${content.address}:${content.port} HTTP/1.1\r\nHost: content\r\n\r\n`),
    );
    socket.on("data", (bytes: Buffer) => {
      if (isOpen) received += bytes.length;
      else if (bytes.toString("latin1").startsWith("HTTP/1.1 200")) {
        isOpen = true;
        received += bytes.length - bytes.indexOf("\r\n\r\n") - 4;
        socket.write(`${sizeBytes}\n`);
      } else socket.destroy();
    });
    socket.on("end", () => socket.end());
    socket.on("error", () => {});
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(received === sizeBytes);
    });
  });
}
