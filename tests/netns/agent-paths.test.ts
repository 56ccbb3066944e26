import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { AgentStatus } from "@/lib/agent/page/agent-status";
import { sleep } from "@/lib/shared/sleep";
import { renumberLines } from "@/lib/testbed/topology";
import { requireAbility } from "../factories/ability";
import { type StartedDemo, startDemo } from "../factories/started-demo";

/** The agent as shipped, on the UE of the demo, while its links go and come. */
let demo: StartedDemo;
let source: ChildProcess;
const children: ChildProcess[] = [];
const sourcePort = 9000;
const pagePort = 1088;

const sourceScript = `
  const block = Buffer.alloc(1 << 16, 7);
  require("node:net").createServer((socket) => {
    socket.on("error", () => {});
    const send = () => { while (socket.write(block)); };
    socket.on("drain", send);
    socket.once("data", send);
  }).listen(${sourcePort});`;

async function ip(place: "ue" | "wifi", ...args: string[]): Promise<void> {
  const { exitCode, stderr } = await demo.runIn(place, "ip", args);
  if (exitCode !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}

function startIn(place: "ue" | "icp", command: string, ...args: string[]): ChildProcess {
  const child = spawn("ip", ["netns", "exec", demo.namespace(place), command, ...args], { stdio: "ignore" });
  children.push(child);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

async function status(port = pagePort): Promise<AgentStatus> {
  const { stdout } = await demo.runIn("ue", "curl", ["-s", `http://127.0.0.1:${port}/status.json`]);
  return JSON.parse(stdout);
}

const stateOf = async (access: string): Promise<string | undefined> =>
  (await status()).links.find((link) => link.access === access)?.state;

async function wifiBytesPerSecond(): Promise<number> {
  return (await status()).links.find(({ access }) => access === "wifi")?.downloadBytesPerSecond ?? 0;
}

/** Established subflows to the proxy from the UE's addresses on WiFi. */
async function wifiSubflows(address = "192.168.30.2"): Promise<number> {
  const args = ["-tnH", "state", "established", "src", address, "dst", demo.proxyAddress];
  const { stdout } = await demo.runIn("ue", "ss", args);
  return stdout.split("\n").filter((line) => line.includes(":1080")).length;
}

/** How long until it is so, in milliseconds; an error after `deadlineMs`. */
async function until(what: string, check: () => Promise<boolean>, deadlineMs: number): Promise<number> {
  const start = performance.now();
  while (!(await check())) {
    if (performance.now() - start > deadlineMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await sleep(5);
  }
  return performance.now() - start;
}

/** A download without end through the agent, over both paths before this returns. */
async function startDownload(): Promise<ChildProcess> {
  const target = `${demo.contentAddress}:${sourcePort}`;
  const before = (await status()).links.map(({ downloadBytes }) => downloadBytes);
  const args = ["-s", "-p", "-x", "http://127.0.0.1:1080", "-o", "/dev/null", "--http0.9", `http://${target}/`];
  const child = startIn("ue", "curl", ...args);
  const isOnBoth = async (): Promise<boolean> =>
    (await status()).links.every(({ downloadBytes }, index) => downloadBytes - (before[index] ?? 0) > 2_000_000);
  await until("both paths carry the download", isOnBoth, 8000);
  return child;
}

async function setBlackhole(isOn: boolean): Promise<void> {
  const commands = isOn
    ? ["add table ip hole", "add chain ip hole forwarded { type filter hook forward priority 100; policy drop; }"]
    : ["delete table ip hole"];
  for (const command of commands) {
    const { exitCode, stderr } = await demo.runIn("wifi", "nft", [command]);
    if (exitCode !== 0) throw new Error(stderr);
  }
}

/** Time to the first byte of the content provider, through the agent. */
async function firstByteMs(): Promise<number> {
  const args = [
    "-s",
    "-m",
    "5",
    "-x",
    "http://127.0.0.1:1080",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code} %{time_starttransfer}",
  ];
  const { stdout } = await demo.runIn("ue", "curl", [...args, `http://${demo.contentAddress}/`]);
  const [code, seconds] = stdout.split(" ");
  if (code !== "200") throw new Error(`not served: ${stdout}`);
  return Number(seconds) * 1000;
}

beforeAll(async () => {
  if (process.getuid?.() !== 0) return;
  demo = await startDemo();
  source = startIn("icp", process.execPath, "-e", sourceScript);
  const knowsWhatToDo = async (): Promise<boolean> => (await status().catch(() => null))?.policy != null;
  await until("the agent runs and has a policy", knowsWhatToDo, 10_000);
});

afterAll(async () => {
  if (source !== undefined) await stop(source);
  await demo?.stop();
});

beforeEach((context) => requireAbility(context, "root", "namespaces", "mptcp", "nginx", "curl"));
afterEach(async () => {
  for (const child of children.splice(0)) if (child !== source) await stop(child);
});

it("takes a link away as soon as its carrier is gone, and joins it again when it is back", async () => {
  const download = await startDownload();
  await ip("wifi", "link", "set", "ue0", "down");
  expect(await until("no subflow on WiFi", async () => (await wifiSubflows()) === 0, 2000)).toBeLessThan(150);
  expect(await stateOf("wifi")).toBe("no-link");
  await sleep(500);
  expect(download.exitCode).toBeNull();
  await ip("wifi", "link", "set", "ue0", "up");
  expect(await until("WiFi joined again", async () => (await wifiSubflows()) > 0, 5000)).toBeLessThan(1000);
});

it("begins connections on the path that answers, and uses a recovered one again by itself", async () => {
  await startDownload();
  await setBlackhole(true);
  try {
    const times = [await firstByteMs(), await firstByteMs(), await firstByteMs()];
    // The download fills LTE's queue, in which packets of a handshake may be lost.
    expect(Math.min(...times)).toBeLessThan(500);
    expect(Math.max(...times)).toBeLessThan(1500);
    await until("WiFi is known to be silent", async () => (await stateOf("wifi")) === "silent", 3000);
  } finally {
    await setBlackhole(false);
  }
  await until("WiFi answers", async () => (await stateOf("wifi")) === "healthy", 1500);
  const isBack = async (): Promise<boolean> => (await wifiBytesPerSecond()) > 1_000_000;
  // Rates are of whole seconds.
  expect(await until("WiFi carries the download again", isBack, 5000)).toBeLessThan(2500);
});

it("takes another path at once where the first one does not answer", async () => {
  await setBlackhole(true);
  try {
    expect(await firstByteMs()).toBeLessThan(500);
    expect(await firstByteMs()).toBeLessThan(350);
  } finally {
    await setBlackhole(false);
  }
});

it("follows an interface to another address", async () => {
  await startDownload();
  const change = async (to: "own" | "other", address: string): Promise<number> => {
    for (const line of renumberLines("wifi", to)) await ip("ue", ...line.split(" "));
    return until(`a subflow from ${address}`, async () => (await wifiSubflows(address)) > 0, 5000);
  };
  expect(await change("other", "192.168.30.10")).toBeLessThan(1000);
  expect(await wifiSubflows("192.168.30.2")).toBe(0);
  expect((await status()).links.find(({ access }) => access === "wifi")?.address).toBe("192.168.30.10");
  expect(await change("own", "192.168.30.2")).toBeLessThan(1000);
});

it("turns WiFi on for white-listed traffic and off when idle", async () => {
  const folder = await mkdtemp(join(tmpdir(), "twinpath-agent-"));
  const { stdout: routes } = await demo.runIn("ue", "ip", ["route", "show", "table", "20"]);
  const onScript = join(folder, "on.sh");
  const restore = routes
    .split("\n")
    .filter(Boolean)
    .map((route) => `ip route replace ${route} table 20`);
  await writeFile(onScript, ["#!/bin/sh", "ip link set wifi0 up", ...restore, ""].join("\n"));
  await chmod(onScript, 0o755);
  await ip("ue", "link", "set", "wifi0", "down");
  const { deviceId, secret } = await demo.enrolDevice();
  const portal = (await status()).portal.url;
  const agent = startIn(
    "ue",
    "env",
    ...[
      `TWINPATH_DEVICE_ID=${deviceId}`,
      `TWINPATH_DEVICE_SECRET=${secret}`,
      process.execPath,
      "dist/twinpath.js",
      "agent",
    ],
    ...["--portal", portal, "--proxy", `${demo.proxyAddress}:1080`, "--data-dir", folder, "--port", "1280"],
    ...["--page-port", "1288", "--wifi", "wifi0", "--lte", "lte0", "--wifi-idle", "1"],
    ...["--wifi-on", onScript, "--wifi-off", "ip link set wifi0 down"],
  );
  const isSo = async (state: string): Promise<boolean> =>
    (await status(1288).catch(() => null))?.wifiAutomation?.state === state;
  try {
    await until("the agent runs", () => isSo("off"), 10_000);
    await until("it has a policy", async () => (await status(1288)).whiteLists.length > 0, 10_000);
    await demo.runIn("ue", "curl", [
      "-s",
      "-x",
      "http://127.0.0.1:1280",
      "-o",
      "/dev/null",
      `http://${demo.contentAddress}/`,
    ]);
    await until("WiFi was turned on", () => isSo("on"), 5000);
    await until("WiFi was turned off again", () => isSo("off"), 25_000);
    const { stdout } = await demo.runIn("ue", "ip", ["-br", "link", "show", "wifi0"]);
    expect(stdout).toContain("DOWN");
  } finally {
    await stop(agent);
    await demo.runIn("ue", onScript, []);
    await rm(folder, { recursive: true, force: true });
  }
});

it("puts the kernel's path manager back when it is killed", async () => {
  const kind = async (): Promise<string> =>
    (await demo.runIn("ue", "cat", ["/proc/sys/net/mptcp/pm_type"])).stdout.trim();
  expect(await kind()).toBe("1");
  const seen = new Set<string>();
  process.kill(await demo.pidOf("testbed-agent"), "SIGKILL");
  for (const end = Date.now() + 1500; Date.now() < end; ) seen.add(await kind());
  expect([...seen]).toContain("0");
  await until("the next agent leads", async () => (await kind()) === "1", 5000);
});
