import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoadPortal } from "./load-portal";

/** `protocol` is how the load generators speak to it (tests/measure/native/load.h). */
export type Relay = { name: string; port: number; command: string[]; protocol: string[] };

export const ours = "twinpath";
/** The same with a portal that wants no telemetry for a minute. */
export const oursQuiet = "twinpath (quiet)";
export const haproxy = "haproxy (splice)";
export const danted = "danted";
export const relayNames = [ours, haproxy, danted, "tinyproxy", "microsocks"];

/** Where the load generators' server listens: haproxy knows no other destination. */
export const serverPort = 5555;

const underMptcp = ["mptcpize", "run"];

/** Sessions that a relay can have at once here: two descriptors each, and some hundred for itself. */
export function mostSessions(): number {
  const descriptors = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
  return descriptors === "unlimited" ? 10_000 : Math.min(10_000, Math.floor((Number(descriptors) - 600) / 2));
}

function haproxyConfig(port: number): string {
  return `global
  maxconn ${mostSessions() + 50}
  nbthread 2
  tune.pipesize 1048576
  maxpipes 100
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
  return `logoutput: /dev/null
errorlog: /dev/null
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

function tinyproxyConfig(port: number): string {
  return `User nobody
Group nogroup
Port ${port}
Listen 127.0.0.1
Timeout 600
LogFile "/dev/null"
LogLevel Critical
MaxClients 6000
Allow 127.0.0.1
ConnectPort ${serverPort}
DisableViaHeader Yes
`;
}

/**
 * The product's proxy as shipped and its peers, each an MPTCP listener on a port of its own. `folder` takes their files.
 */
export function relayOf(name: string, folder: string, portal: { url: string; portal: LoadPortal }): Relay {
  const file = (fileName: string, text: string): string => {
    const path = join(folder, fileName);
    writeFileSync(path, text);
    return path;
  };
  if (name === ours || name === oursQuiet) {
    const port = name === ours ? 6000 : 6005;
    const dataDir = join(folder, String(port));
    const options = ["--portal", portal.url, "--address", "127.0.0.1", "--port", String(port), "--data-dir", dataDir];
    const { deviceId, secret } = portal.portal;
    return {
      name,
      port,
      command: [process.execPath, "dist/twinpath.js", "proxy", ...options],
      protocol: ["socks5", deviceId, secret],
    };
  }
  if (name === "microsocks")
    return {
      name,
      port: 6001,
      command: [...underMptcp, "microsocks", "-i", "127.0.0.1", "-p", "6001"],
      protocol: ["socks5"],
    };
  if (name === danted)
    return {
      name,
      port: 6002,
      command: [...underMptcp, "danted", "-f", file("danted.conf", dantedConfig(6002))],
      protocol: ["socks5"],
    };
  if (name === haproxy)
    return {
      name,
      port: 6003,
      command: [...underMptcp, "haproxy", "-db", "-f", file("haproxy.cfg", haproxyConfig(6003))],
      protocol: ["direct"],
    };
  if (name === "tinyproxy")
    return {
      name,
      port: 6004,
      command: [...underMptcp, "tinyproxy", "-d", "-c", file("tinyproxy.conf", tinyproxyConfig(6004))],
      protocol: ["connect"],
    };
  throw new Error(`no relay is called ${name}`);
}
