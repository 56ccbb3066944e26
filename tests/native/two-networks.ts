/**
 * A device and a proxy in a namespace each, with LTE and WiFi between them. The caller runs in the proxy's
 * (`unshare -n`); the device is a child process of the same script with `device` as its argument.
 *
 *   device                            proxy
 *   10.1.0.2 lte  ── 100 Mbit/s ──  lte 10.1.0.9 ┐
 *   10.2.0.2 wifi ── 200 Mbit/s ── wifi 10.2.0.9 ┴ 10.9.0.9
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { mptcp, type PathManager } from "@/lib/mptcp";
import { dial, type Received, receiveAll } from "./net-ends";
import { startRelay } from "./start-relay";

export const lteAddress = "10.1.0.2";
export const proxyAddress = "10.9.0.9";
const wifiAddress = "10.2.0.2";
const links = [
  { name: "lte", net: "10.1.0", rateMbps: 100, table: "1" },
  { name: "wifi", net: "10.2.0", rateMbps: 200, table: "2" },
];

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
}

function ip(...args: string[]): void {
  run("ip", ...args);
}

function buildLinks(devicePid: number): void {
  ip("link", "set", "lo", "up");
  ip("address", "add", `${proxyAddress}/32`, "dev", "lo");
  for (const { name, net, rateMbps } of links) {
    ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", `${devicePid}`);
    ip("address", "add", `${net}.9/24`, "dev", name);
    ip("link", "set", name, "up");
    const queueBytes = rateMbps * 125 * 60;
    run(
      "tc",
      ..."qdisc add dev".split(" "),
      name,
      "root",
      "tbf",
      "rate",
      `${rateMbps}mbit`,
      "burst",
      "70000",
      "limit",
      `${queueBytes}`,
    );
  }
}

function setUpDevice(): void {
  ip("link", "set", "lo", "up");
  for (const { name, net, table } of links) {
    ip("address", "add", `${net}.2/24`, "dev", name);
    ip("link", "set", name, "up");
    ip("rule", "add", "from", `${net}.2`, "table", table);
    ip("route", "add", "default", "via", `${net}.9`, "dev", name, "table", table);
  }
}

/** What the device does for the proxy's side. */
type Order = { do: "set-up" } | { do: "start"; port: number } | { do: "download" } | { do: "rejoin" };

/** The device's process: obeys orders from standard input, one JSON line each: number and order; answers with number and result. */
export async function runDevice(): Promise<void> {
  const manager = mptcp.openPathManager();
  let agent: ReturnType<typeof startRelay> | null = null;
  const announceLte = (): number =>
    manager.addEndpoint({ address: lteAddress, interfaceName: "lte", flags: ["subflow"] });
  const obey = async (order: Order): Promise<unknown> => {
    switch (order.do) {
      case "set-up":
        setUpDevice();
        manager.setLimits({ subflows: 4, acceptedAddresses: 0 });
        return announceLte();
      case "start":
        agent = startRelay({
          upstreamAddress: proxyAddress,
          upstreamPort: order.port,
          isMptcpOut: true,
          localAddress: wifiAddress,
        });
        return agent.listener.port;
      case "download":
        return download(agent?.listener.port ?? 0);
      case "rejoin":
        return rejoin(manager, announceLte);
    }
  };
  const answer = (id: number, value: unknown): void => console.log(JSON.stringify([id, value]));
  answer(0, null);
  for await (const line of createInterface(process.stdin)) {
    const [id, order] = JSON.parse(line) as [number, Order];
    void obey(order).then((value) => answer(id, value));
  }
  process.exit(0);
}

async function download(port: number): Promise<Received> {
  const client = await dial(port);
  client.write("x");
  const received = await receiveAll(client);
  client.end();
  return received;
}

function rejoin(manager: PathManager, announce: () => number): number {
  for (const { id, address } of manager.endpoints()) if (address === lteAddress) manager.removeEndpoint(id);
  return announce();
}

export type Device = { tell: (order: Order) => Promise<unknown>; download: () => Promise<Received>; stop: () => void };

/** Start the device's process and the links to it. */
export async function startDevice(): Promise<Device> {
  const [script = ""] = process.argv.slice(1);
  const child: ChildProcess = spawn("unshare", ["-n", process.execPath, script, "device"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (!child.stdout || !child.pid) throw new Error("the device's process did not start");
  const waiting = new Map<number, (answer: unknown) => void>();
  createInterface(child.stdout).on("line", (line) => {
    const [id, answer] = JSON.parse(line) as [number, unknown];
    waiting.get(id)?.(answer);
  });
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the device's process ended")));
  ended.catch(() => undefined);
  await Promise.race([new Promise((resolve) => waiting.set(0, resolve)), ended]);
  let orders = 0;
  const tell = (order: Order): Promise<unknown> => {
    orders += 1;
    const answered = new Promise<unknown>((resolve) => waiting.set(orders, resolve));
    child.stdin?.write(`${JSON.stringify([orders, order])}\n`);
    return Promise.race([answered, ended]);
  };
  buildLinks(child.pid);
  await tell({ do: "set-up" });
  await sleep(100);
  return { tell, download: () => tell({ do: "download" }) as Promise<Received>, stop: () => child.stdin?.end() };
}
