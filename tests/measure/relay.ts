/**
 * `npm run measure -- relay`: Gbit/s and CPU seconds per GB of our proxy, microsocks, danted and haproxy (splice), with
 * TCP and MPTCP clients, 1 and 16 streams, down and up, in one alternating run. CPU is that of the relay's processes
 * alone, user and kernel. Options: `--rounds N` (default 3), `--seconds N` (default 3).
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { newSecret, newShortId, sha256Hex } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, seconds: { type: "string", default: "3" } },
});
const rounds = Number(values.rounds);
const serverPort = 5555;
const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const namespace = `tp-relay-${newShortId()}`;
const folder = mkdtempSync(join(process.cwd(), ".data-test-"));
const secret = newSecret();
const load = join(folder, "relay-load");

type Relay = { name: string; port: number; command: string[]; protocol: string[] };
type Result = { gbps: number; cpuPerGb: number };

function haproxyConfig(port: number): string {
  return `global
  maxconn 2000
  nbthread 2
  tune.pipesize 1048576
  maxpipes 200
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  option splice-request
  option splice-response
listen relay
  bind 127.0.0.1:${port}
  server source 127.0.0.1:${serverPort}
`;
}

function dantedConfig(port: number): string {
  return `logoutput: stderr
internal: 127.0.0.1 port = ${port}
external: 127.0.0.1
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
`;
}

/** What our proxy kept from an earlier meeting with its portal: it serves known devices while the portal is away. */
function ourState(): string {
  const later = new Date(Date.now() + 86_400_000).toISOString();
  return JSON.stringify({
    snapshot: {
      version: 1,
      publishedAt: new Date().toISOString(),
      serviceClasses: [
        {
          id: "gold",
          name: "Gold",
          steering: "aggregate",
          lteSharePercent: null,
          wifiSufficientMbps: null,
          lteRateKbps: null,
          totalRateKbps: null,
        },
      ],
      whiteLists: [{ id: "load", name: "Load", rules: [{ kind: "cidr", value: "127.0.0.0/8", ports: [] }] }],
      accessNetworks: [],
      allowedPrivateRanges: ["127.0.0.0/8"],
    },
    entitlements: [
      {
        deviceId: "load",
        subscriberId: "load",
        state: "active",
        serviceClassId: "gold",
        secretSha256: sha256Hex(secret),
        expiresAt: later,
      },
    ],
  });
}

function relays(): Relay[] {
  mkdirSync(join(folder, "proxy"), { recursive: true });
  writeFileSync(join(folder, "proxy/policy.json"), ourState());
  writeFileSync(join(folder, "haproxy.cfg"), haproxyConfig(6003));
  writeFileSync(join(folder, "danted.conf"), dantedConfig(6002));
  const ours = [
    "dist/twinpath.js",
    "proxy",
    "--portal",
    "http://127.0.0.1:9",
    "--address",
    "127.0.0.1",
    "--port",
    "6000",
    "--data-dir",
    folder,
  ];
  return [
    { name: "twinpath", port: 6000, command: [process.execPath, ...ours], protocol: ["socks5", "load", secret] },
    {
      name: "microsocks",
      port: 6001,
      command: ["mptcpize", "run", "microsocks", "-i", "127.0.0.1", "-p", "6001"],
      protocol: ["socks5"],
    },
    {
      name: "danted",
      port: 6002,
      command: ["mptcpize", "run", "danted", "-f", join(folder, "danted.conf")],
      protocol: ["socks5"],
    },
    {
      name: "haproxy (splice)",
      port: 6003,
      command: ["mptcpize", "run", "haproxy", "-db", "-f", join(folder, "haproxy.cfg")],
      protocol: ["direct"],
    },
  ];
}

function inNamespace(command: string[], stdio: "ignore" | "pipe" = "ignore"): ChildProcess {
  return spawn("ip", ["netns", "exec", namespace, ...command], {
    stdio: ["ignore", stdio, stdio],
    env: { ...process.env, TWINPATH_NODE_CREDENTIAL: "load.none", TWINPATH_LOG_LEVEL: "error" },
  });
}

/** Fields of /proc/<pid>/stat from the third on (proc_pid_stat(5)); null where the process is gone. */
function statFields(pid: string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

/**
 * CPU seconds, user and kernel, of a process and its descendants so far, ended threads and reaped children included
 * (utime, stime, cutime, cstime; their sum is precise, unlike its parts: kernel/sched/cputime.c, cputime_adjust).
 */
function cpuSeconds(pid: number): number {
  const table = readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => {
      const fields = statFields(name);
      return fields === null ? [] : [{ pid: Number(name), parent: Number(fields[1]), fields }];
    });
  const tree = [pid];
  for (const known of tree) tree.push(...table.filter(({ parent }) => parent === known).map((child) => child.pid));
  const ticks = table
    .filter((entry) => tree.includes(entry.pid))
    .flatMap(({ fields }) => fields.slice(11, 15).map(Number))
    .reduce((sum, value) => sum + value, 0);
  return ticks / ticksPerSecond;
}

async function measureOnce(
  relay: Relay,
  pid: number,
  direction: string,
  streams: number,
  client: string,
): Promise<Result> {
  const args = [
    direction,
    String(relay.port),
    String(serverPort),
    String(streams),
    values.seconds,
    client,
    ...relay.protocol,
  ];
  const child = inNamespace([load, ...args], "pipe");
  let output = "";
  let cpuBefore = 0;
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  const ended = new Promise((resolve) => child.once("close", resolve));
  await sleep(500);
  cpuBefore = cpuSeconds(pid);
  const began = performance.now();
  await ended;
  const cpu = cpuSeconds(pid) - cpuBefore;
  const span = (performance.now() - began) / 1000;
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined)
    throw new Error(`${relay.name}: the load generator failed for ${args.slice(0, 7).join(" ")}: ${output}`);
  const { bytes, seconds } = JSON.parse(line);
  const rate = bytes / seconds;
  return { gbps: (rate * 8) / 1e9, cpuPerGb: cpu / ((rate * span) / 1e9) };
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const table = execFileSync("ip", ["netns", "exec", namespace, "ss", "-Hltn", `sport = :${port}`], {
      encoding: "utf8",
    });
    if (table.trim() !== "") return;
    await sleep(50);
  }
  throw new Error(`nobody listens on ${port}`);
}

console.log(describeMachine());
const children: ChildProcess[] = [];
try {
  execFileSync("cc", ["-O2", "-o", load, "tests/measure/native/relay-load.c"]);
  execFileSync("ip", ["netns", "add", namespace]);
  execFileSync("ip", ["-n", namespace, "link", "set", "lo", "up"]);
  children.push(inNamespace([load, "serve", String(serverPort)]));
  await untilListening(serverPort);
  const started = relays().map((relay) => ({ relay, child: inNamespace(relay.command) }));
  children.push(...started.map(({ child }) => child));
  for (const { relay } of started) await untilListening(relay.port);
  const results = new Map<string, Result[]>();
  const cases = ["pull", "push"].flatMap((direction) =>
    ["tcp", "mptcp"].flatMap((client) => [1, 16].map((streams) => ({ direction, client, streams }))),
  );
  for (const { direction, client, streams } of cases) {
    for (let round = 0; round < rounds; round += 1)
      for (const { relay, child } of started) {
        const key = `${relay.name}|${direction}|${client}|${streams}`;
        const result = await measureOnce(relay, child.pid ?? 0, direction, streams, client);
        results.set(key, [...(results.get(key) ?? []), result]);
      }
    for (const { relay } of started) {
      const list = results.get(`${relay.name}|${direction}|${client}|${streams}`) ?? [];
      const gbps = list.map((result) => result.gbps);
      const figures = `${median(gbps).toFixed(2)} Gbit/s (worst ${Math.min(...gbps).toFixed(2)}) · ${median(list.map((result) => result.cpuPerGb)).toFixed(3)} CPU s/GB`;
      console.log(
        `${direction === "pull" ? "down" : "up  "} ${client.padEnd(5)} ×${String(streams).padEnd(2)} ${relay.name.padEnd(16)} ${figures}`,
      );
    }
  }
  const cost = (name: string, client: string, streams: number): number =>
    median((results.get(`${name}|pull|${client}|${streams}`) ?? []).map((result) => result.cpuPerGb));
  const ratio = (peer: string, client: string, streams: number): number =>
    cost("twinpath", client, streams) / cost(peer, client, streams);
  for (const peer of ["haproxy (splice)", "danted", "microsocks"])
    console.log(
      `CPU s/GB down, ours ÷ ${peer}: MPTCP ×1 ${ratio(peer, "mptcp", 1).toFixed(2)}, ×16 ${ratio(peer, "mptcp", 16).toFixed(2)}; TCP ×1 ${ratio(peer, "tcp", 1).toFixed(2)}, ×16 ${ratio(peer, "tcp", 16).toFixed(2)}`,
    );
  const one = ratio("haproxy (splice)", "mptcp", 1);
  conclude(
    "relay",
    `CPU per GB with one MPTCP download is ${one.toFixed(2)} × haproxy's (splice), median of ${rounds} rounds`,
    "≤ 1.00",
    one <= 1,
  );
} finally {
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(
    children.map((child) =>
      child.exitCode === null && child.signalCode === null
        ? new Promise((resolve) => child.once("exit", resolve))
        : null,
    ),
  );
  execFileSync("ip", ["netns", "del", namespace]);
  rmSync(folder, { recursive: true, force: true });
}
