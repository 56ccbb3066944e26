import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import type { SocketAddress } from "@/lib/mptcp/face";
import { AppError } from "@/lib/shared/errors";

export const dnsPort = 53;
const systemFile = "/etc/resolv.conf";
/** The servers behind systemd's own stub resolver, systemd-resolved.service(8). */
const systemdFile = "/run/systemd/resolve/resolv.conf";
const checkEveryMs = 2000;
/** As the C library: further servers are not asked (resolv.conf(5), MAXNS). */
const maxServers = 3;

/** True for 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** The name servers of a resolv.conf text. Scoped link-local ones are left out. */
export function parseResolvConf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? "")
    .filter((address) => isIP(address) !== 0 && !address.includes("%"))
    .slice(0, maxServers);
}

/** `address`, `address:port` or `[v6]:port`. Errors: AppError AGENT_BAD_DNS. */
export function parseServer(text: string): SocketAddress {
  if (isIP(text) !== 0) return { address: text, port: dnsPort };
  const found = /^\[?([0-9a-fA-F.:]+?)\]?:([0-9]{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (found?.[1] === undefined || isIP(found[1]) === 0 || port < 1 || port > 65_535)
    throw new AppError(
      "AGENT_BAD_DNS",
      `--dns is "${text}": give a numeric address, as 192.0.2.53 or 192.0.2.53:5353.`,
    );
  return { address: found[1], port };
}

function readServers(file: string): string[] {
  try {
    return parseResolvConf(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
}

function changeTime(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * The DNS servers to forward to: the given ones, or those of /etc/resolv.conf, read again after it changed (the device
 * moved to another network). Where those are all on loopback and systemd's stub is among them, the servers behind it.
 */
export class UpstreamServers {
  private servers: readonly SocketAddress[];
  private readAt = 0;
  private stamp = "";

  constructor(
    private readonly fixed: readonly SocketAddress[] | null,
    private readonly files: { system: string; systemd: string } = { system: systemFile, systemd: systemdFile },
  ) {
    this.servers = fixed ?? [];
  }

  current(): readonly SocketAddress[] {
    if (this.fixed !== null || Date.now() - this.readAt < checkEveryMs) return this.servers;
    this.readAt = Date.now();
    const stamp = `${changeTime(this.files.system)} ${changeTime(this.files.systemd)}`;
    if (stamp === this.stamp) return this.servers;
    this.stamp = stamp;
    const system = readServers(this.files.system);
    const isStubOnly = system.length > 0 && system.every(isLoopback);
    const behind = isStubOnly ? readServers(this.files.systemd).filter((address) => !isLoopback(address)) : [];
    const found = behind.length > 0 ? behind : system;
    this.servers = found.map((address) => ({ address, port: dnsPort }));
    return this.servers;
  }

  /**
   * True where a resolver of this device is the upstream: its own questions to the world must then be left alone, or
   * they would come back to it through us.
   */
  isOnDevice(): boolean {
    return this.current().some(({ address }) => isLoopback(address));
  }
}
