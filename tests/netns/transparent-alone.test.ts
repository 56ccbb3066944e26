import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AgentStatus } from "@/lib/agent/page/agent-status";
import { requireAbility } from "../factories/ability";
import { policySnapshot } from "../factories/policy";
import { untilTrue } from "../factories/transparent-agent";

/*
 *  device  fd00:1::1 ── fd00:1::2  world: a name server, a web server; no proxy, no portal
 *       192.0.2.1/30 ── 192.0.2.2
 *
 * An agent that works from the policy it kept, with IPv4 and IPv6, where its proxy cannot be reached.
 */
const exec = promisify(execFile);
const id = randomBytes(2).toString("hex");
const device = `tpa-${id}-dev`;
const world = `tpa-${id}-net`;
const children: ChildProcess[] = [];
let folder: string;

const inside = (namespace: string, command: string, args: readonly string[]): Promise<{ stdout: string }> =>
  exec("ip", ["netns", "exec", namespace, command, ...args]);

function start(namespace: string, command: string, args: readonly string[], env = process.env): ChildProcess {
  const line = ["--pdeathsig", "KILL", "--", "ip", "netns", "exec", namespace, command, ...args];
  const child = spawn("setpriv", line, { env, stdio: "ignore" });
  children.push(child);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

async function status(): Promise<AgentStatus> {
  const { stdout } = await inside(device, "curl", ["-sS", "-m", "2", "http://127.0.0.1:1088/status.json"]);
  return JSON.parse(stdout);
}

async function tables(): Promise<string> {
  return (await inside(device, "nft", ["list", "ruleset"])).stdout;
}

function startAgent(): ChildProcess {
  const env = { ...process.env, TWINPATH_DEVICE_ID: "ue", TWINPATH_DEVICE_SECRET: "right" };
  const far = ["--portal", "http://192.0.2.2:9", "--proxy", "192.0.2.2:9"];
  const own = ["--transparent", "--dns", "192.0.2.2", "--data-dir", folder];
  return start(device, process.execPath, ["dist/twinpath.js", "agent", ...far, ...own], env);
}

async function makeNetwork(): Promise<void> {
  const lines = [
    `netns add ${device}`,
    `netns add ${world}`,
    `link add name eth0 netns ${device} type veth peer name eth0 netns ${world}`,
  ];
  for (const line of lines) await exec("ip", line.split(" "));
  for (const [namespace, last] of [
    [device, 1],
    [world, 2],
  ] as const)
    for (const line of [
      "link set lo up",
      "link set eth0 up",
      `addr add 192.0.2.${last}/30 dev eth0`,
      `addr add fd00:1::${last}/64 dev eth0 nodad`,
    ])
      await exec("ip", ["-n", namespace, ...line.split(" ")]);
}

async function keepPolicy(): Promise<void> {
  const snapshot = policySnapshot({
    whiteLists: [
      {
        id: "w",
        name: "W",
        audience: "everyone",
        rules: [{ kind: "domain-suffix", value: "listed.test", ports: [] }],
      },
    ],
  });
  const standing = { state: "active", serviceClassId: "gold", isQuotaReached: false, extraWhiteListIds: [] };
  await mkdir(join(folder, "agent"), { recursive: true });
  await writeFile(join(folder, "agent/agent-policy.json"), JSON.stringify({ deviceId: "ue", snapshot, standing }));
}

beforeAll(async () => {
  if (process.getuid?.() !== 0) return;
  folder = await mkdtemp(join(tmpdir(), "twinpath-alone-"));
  await makeNetwork();
  await keepPolicy();
  start(world, "dnsmasq", [
    ...["--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--no-resolv", "--no-hosts"],
    ...["--local=/#/", "--host-record=four.listed.test,192.0.2.2", "--host-record=six.listed.test,fd00:1::2"],
    "--host-record=other.test,192.0.2.2",
  ]);
  const server = `require("http").createServer((q, r) => r.end(q.socket.remoteAddress)).listen(80, "::")`;
  start(world, process.execPath, ["-e", server]);
  startAgent();
  await untilTrue("the agent captured", async () => (await tables()).includes("twinpath_agent_"), 10_000);
});

afterAll(async () => {
  for (const child of children) await end(child, "SIGKILL");
  for (const namespace of [device, world]) await exec("ip", ["netns", "del", namespace]).catch(() => {});
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

beforeEach((context) => requireAbility(context, "root", "namespaces", "curl", "nft", "dnsmasq"));

/** Resolved by the program itself, which asks a server that is not there: the question is led to the agent. */
async function resolve(name: string, family: 4 | 6): Promise<string> {
  const script = `
    const { Resolver } = require("node:dns/promises");
    const resolver = new Resolver({ timeout: 3000, tries: 2 });
    resolver.setServers(["${family === 4 ? "192.0.2.2" : "[fd00:1::2]"}"]);
    resolver.resolve${family}("${name}").then(([first]) => console.log(first));`;
  return (await inside(device, process.execPath, ["-e", script])).stdout.trim();
}

describe("an agent without its proxy and portal", () => {
  it.each([
    ["four.listed.test", 4, "192.0.2.2", "::ffff:192.0.2.1"],
    ["six.listed.test", 6, "fd00:1::2", "fd00:1::1"],
  ] as const)("captures %s and lets it go direct", async (name, family, address, source) => {
    expect(await resolve(name, family)).toBe(address);
    expect(await tables()).toMatch(new RegExp(`set learned${family} [^}]*elements = \\{ ${address} `));
    const at = family === 4 ? address : `[${address}]`;
    expect((await inside(device, "curl", ["-sS", "-m", "5", `http://${at}/`])).stdout).toBe(source);
    const entry = (await status()).destinations.find(({ host }) => host === name);
    expect(entry).toMatchObject({ way: "direct", front: "captured", port: 80 });
    expect((await status()).proxy.state).toBe("failed");
  });

  it("leaves other names alone", async () => {
    const before = (await status()).connections.sinceStart;
    expect(await resolve("other.test", 4)).toBe("192.0.2.2");
    expect((await status()).destinations.some(({ host }) => host === "other.test")).toBe(false);
    expect((await status()).connections.sinceStart).toBe(before);
  });

  it("turns away a program that dials the redirect's own port", async () => {
    const own = /@learned4 .*redirect to :(\d+)/.exec(await tables())?.[1];
    expect(Number(own)).toBeGreaterThan(0);
    const before = (await status()).connections.sinceStart;
    await expect(inside(device, "curl", ["-sS", "-m", "2", `http://127.0.0.1:${own}/`])).rejects.toThrow();
    expect((await status()).connections.sinceStart).toBeLessThanOrEqual(before + 1);
  });

  it("makes its table again when the firewall is reloaded", async () => {
    await inside(device, "nft", ["flush", "ruleset"]);
    await untilTrue("the table was there again", async () => (await tables()).includes("redirect to"), 15_000);
    expect(await resolve("four.listed.test", 4)).toBe("192.0.2.2");
    expect(await tables()).toContain("192.0.2.2");
  });

  it("refuses to capture beside another agent, and says who it is", async () => {
    const second = startAgent();
    const [code] = await once(second, "exit");
    expect(code).toBe(1);
    expect((await tables()).match(/table inet twinpath_agent_/g)).toHaveLength(1);
  });
});
