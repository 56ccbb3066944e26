import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { SocketAddress } from "@/lib/mptcp/face";
import { normaliseHost } from "@/lib/protocols/host";
import { changeTime } from "@/lib/shared/change-time";
import { AppError } from "@/lib/shared/errors";

export const dnsPort = 53;
const systemFile = "/etc/resolv.conf";
/** The servers behind systemd's own stub resolver, systemd-resolved.service(8). */
const systemdFile = "/run/systemd/resolve/resolv.conf";
const checkEveryMs = 2000;
/** As the C library: further servers are not asked (resolv.conf(5), MAXNS). */
const maxServers = 3;

/** Which of this device's DNS questions can be forwarded; `on-device`: only those to a resolver of its own. */
export type TakenQuestions = "none" | "on-device" | "all";

/** True for 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** As a socket tells whom an answer is from; a scoped one stays as it is. */
function canonicalAddress(address: string): string {
  const host = normaliseHost(address);
  return host?.kind === "address" ? host.address : address;
}

/** The name servers of a resolv.conf text. Scoped link-local ones are left out. */
export function parseResolvConf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? "")
    .filter((address) => isIP(address) !== 0 && !address.includes("%"))
    .slice(0, maxServers)
    .map(canonicalAddress);
}

/** `address`, `address:port` or `[v6]:port`. Errors: AppError AGENT_BAD_DNS. */
export function parseServer(text: string): SocketAddress {
  if (isIP(text) !== 0) return { address: canonicalAddress(text), port: dnsPort };
  const found = /^\[?([0-9a-fA-F.:]+?)\]?:([0-9]{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (found?.[1] === undefined || isIP(found[1]) === 0 || port < 1 || port > 65_535)
    throw new AppError(
      "AGENT_BAD_DNS",
      `--dns is "${text}": give a numeric address, as 192.0.2.53 or 192.0.2.53:5353.`,
    );
  return { address: canonicalAddress(found[1]), port };
}

function readServers(file: string): string[] {
  try {
    return parseResolvConf(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
}

/**
 * The DNS servers to forward to: the given ones, or those of /etc/resolv.conf, read again after it changed (the device
 * moved to another network). Where those are all on loopback and systemd's stub is among them, the servers behind it.
 */
export class UpstreamServers {
  private servers: readonly SocketAddress[];
  private lookedMs = Number.NEGATIVE_INFINITY;
  private stamp = "";

  constructor(
    private readonly fixed: readonly SocketAddress[] | null,
    private readonly files: { system: string; systemd: string } = { system: systemFile, systemd: systemdFile },
  ) {
    this.servers = fixed ?? [];
  }

  current(): readonly SocketAddress[] {
    const nowMs = performance.now();
    if (this.fixed !== null || nowMs - this.lookedMs < checkEveryMs) return this.servers;
    this.lookedMs = nowMs;
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
   * Which questions are to be led to the forwarder. Where a resolver of this device is the upstream, its own questions
   * to the world must be left alone, or they would come back to it through us.
   */
  takes(): TakenQuestions {
    const servers = this.current();
    if (servers.length === 0) return "none";
    return servers.some(({ address }) => isLoopback(address)) ? "on-device" : "all";
  }
}
