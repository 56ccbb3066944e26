import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { mptcp } from "@/lib/mptcp";
import { pacingSupport } from "@/lib/steering/steering-tools";
import { databaseFindings } from "./doctor-database";
import type { Finding } from "./doctor-finding";
import { say } from "./say";
import { isPortFree } from "./wait-for";

function succeeds(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function firstLine(command: string, args: string[]): string | null {
  const result = spawnSync(command, args, { encoding: "utf8" });
  return result.status === 0 ? ((result.stdout || result.stderr).split("\n")[0] ?? "") : null;
}

function debian(what: string, args: string[], name: string, isNeededFor: string): Finding {
  const line = firstLine(what, args);
  const detail = line ?? `missing: apt-get install ${name}`;
  return { what, isGood: line !== null, detail, isNeededFor };
}

function kernelFindings(): Finding[] {
  const support = mptcp.probe();
  const needed = "aggregation (without it: plain TCP, one path)";
  return [
    { what: "MPTCP sockets", isGood: support.hasMptcp, detail: support.reason ?? "available", isNeededFor: needed },
    {
      what: "MPTCP_FULL_INFO",
      isGood: support.hasFullInfo,
      detail: support.hasFullInfo ? "available" : "missing: Linux 6.6 or later gives per-path counters",
      isNeededFor: "per-path counters",
    },
    {
      what: "path manager",
      isGood: support.hasPathManager,
      detail: support.hasPathManager
        ? "answers on generic netlink"
        : "mptcp_pm is missing or needs root (CAP_NET_ADMIN)",
      isNeededFor: "the agent's second path",
    },
    pacingFinding(),
    ...steeringFindings(),
    bufferFinding(),
    timestampsFinding(),
  ];
}

/** How LTE is held to its share and cap: paced by BPF, else by switching the backup flag to and fro. */
function pacingFinding(): Finding {
  const { hasPacing, reason } = mptcp.probePacing();
  return {
    what: "subflow pacing",
    isGood: hasPacing,
    detail: hasPacing ? "in use (BPF)" : `the backup flag is used instead: ${reason}`,
    isNeededFor: "exact LTE shares, and LTE rate caps",
  };
}

/** What steers single paths here, and what holds LTE's share. */
function steeringFindings(): Finding[] {
  const isNeededFor = "class shares, and leaving paths that stall";
  const canSteer = isWritable("/proc/sys/net/mptcp/pm_type");
  const { hasPacing, reason } = pacingSupport();
  return [
    {
      what: "path steering",
      isGood: canSteer,
      detail: canSteer
        ? `in use: LTE shares are held by ${hasPacing ? "pacing" : "switching the backup flag"}`
        : "net.mptcp.pm_type cannot be set: run as root (CAP_NET_ADMIN), /proc/sys writable, Linux 5.19 or later",
      isNeededFor,
    },
    {
      what: "path pacing",
      isGood: hasPacing,
      detail: reason ?? "available: a BPF program sets the rates of single paths",
      isNeededFor: "LTE shares within a point and LTE rate caps (without it: within 2.5 points)",
    },
  ];
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Receive buffers that are too small make two paths slower than one: 9 % of the sum at 200 ms with 32 MB. */
function bufferFinding(): Finding {
  const max = (name: string): number =>
    Number(readFileSync(`/proc/sys/net/ipv4/${name}`, "utf8").trim().split(/\s+/)[2]);
  const isGood = max("tcp_rmem") >= 67_108_864 && max("tcp_wmem") >= 33_554_432;
  const remedy = 'sysctl -w net.ipv4.tcp_rmem="4096 8388608 67108864" net.ipv4.tcp_wmem="4096 262144 33554432"';
  return {
    what: "TCP buffers",
    isGood,
    detail: isGood ? "large enough for 1 Gbit/s at 200 ms" : `too small for fast links with long delay: ${remedy}`,
    isNeededFor: "full speed on long paths (the testbed sets its own)",
  };
}

/**
 * Beside MPTCP's own option (28 bytes) time stamps leave room for one SACK block, and cost 12 bytes of each packet;
 * without them three fit, and what a full queue dropped is found in fewer round trips. Old segments cannot be taken for
 * new ones without them: the data sequence is 64 bits long.
 *
 * Source: RFC 7323 §3.2 and §5, RFC 8684 §3.3, RFC 2018 §3.
 */
function timestampsFinding(): Finding {
  const isGood = readFileSync("/proc/sys/net/ipv4/tcp_timestamps", "utf8").trim() === "0";
  return {
    what: "TCP time stamps",
    isGood,
    detail: isGood ? "off" : "on; on a machine that runs a proxy: sysctl -w net.ipv4.tcp_timestamps=0",
    isNeededFor: "the last per cent of speed over both paths (the testbed sets its own)",
  };
}

function testbedFindings(): Finding[] {
  const isRoot = process.getuid?.() === 0;
  const isNeededFor = "the testbed";
  const canUnshare = isRoot && succeeds("unshare", ["-n", "true"]);
  return [
    { what: "root", isGood: isRoot, detail: isRoot ? "yes" : "run the demo as root", isNeededFor },
    {
      what: "network namespaces",
      isGood: canUnshare,
      detail: canUnshare ? "available" : "not to be made here",
      isNeededFor,
    },
    debian("ip", ["-V"], "iproute2", isNeededFor),
    debian("tc", ["-V"], "iproute2", isNeededFor),
    debian("iptables-legacy", ["-V"], "iptables", "delay and loss where the kernel has no netem"),
    debian("nginx", ["-v"], "nginx-light", isNeededFor),
    debian("wget", ["--version"], "wget", isNeededFor),
    debian("nft", ["--version"], "nftables", "the agent's transparent capture"),
    debian("dnsmasq", ["--version"], "dnsmasq-base", isNeededFor),
  ];
}

async function portFinding(port: number): Promise<Finding> {
  const isFree = await isPortFree(port, "127.0.0.1");
  return {
    what: `port ${port}`,
    isGood: isFree,
    detail: isFree ? "free" : "taken: choose another with --port or --proxy-port",
    isNeededFor: "twinpath up",
  };
}

/** `twinpath doctor`: what this machine can do, and how to mend what is missing. Gives the number of findings. */
export async function runDoctor(): Promise<number> {
  const findings: Finding[] = [
    { what: "Node.js", isGood: true, detail: process.version, isNeededFor: "everything" },
    ...kernelFindings(),
    ...testbedFindings(),
    ...(await databaseFindings()),
    debian("chromium-headless-shell", ["--version"], "chromium-headless-shell", "the browser tests"),
    debian("g++", ["--version"], "g++ make python3", "building the native helper"),
    await portFinding(3000),
    await portFinding(1080),
  ];
  for (const { what, isGood, detail, isNeededFor } of findings)
    say(`${isGood ? "✓" : "✗"} ${what.padEnd(20)} ${detail}${isGood ? "" : `   (for ${isNeededFor})`}`);
  const missing = findings.filter((finding) => !finding.isGood).length;
  say(missing === 0 ? "Everything is here." : `${missing} to mend.`);
  return missing;
}
