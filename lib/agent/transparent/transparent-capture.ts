import type { Connection } from "@/lib/mptcp/connection";
import type { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { SocketAddress } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { agentMark } from "./agent-mark";
import type { CapturePorts } from "./capture-script";
import { type CaptureParts, CaptureTable } from "./capture-table";
import {
  captureTimeoutSeconds,
  chooseCaptured,
  type FollowedPolicy,
  isNameListed,
  listedAddresses,
  ruledRanges,
} from "./captured-destinations";
import { DnsForwarder } from "./dns-forwarder";
import { readLesson } from "./dns-message";
import { NameTable } from "./name-table";
import { serveDnsConnection } from "./serve-dns-connection";
import { UpstreamServers } from "./upstream-servers";

export type CaptureOptions = {
  server: ConnectionServer;
  policy: FollowedPolicy & { onChange(listener: () => void): () => void };
  /** DNS servers to ask; null: those of /etc/resolv.conf. */
  dnsServers: readonly SocketAddress[] | null;
  /** Never captured: the proxy nodes that there are now, and the portal where it has a numeric address. */
  spared: () => readonly SocketAddress[];
  /** Names that are never captured: the portal's. */
  sparedNames: ReadonlySet<string>;
  log: Log;
};

const rebuildDelayMs = 50;
/** A program waits for its answer no longer than this, also where nft is slow; its connection then goes direct. */
const answerDelayLimitMs = 1000;
const serversCheckMs = 5000;

/**
 * Takes the TCP connections of this device's programs to white-listed destinations, by a redirect of nftables: ranges
 * by the white-lists' rules, names by the answers of the device's DNS, which is led through here.
 */
export class TransparentCapture {
  private readonly names = new NameTable();
  private readonly servers: UpstreamServers;
  private table: CaptureTable | null = null;
  private dns: DnsForwarder | null = null;
  private dnsPorts: ReadonlySet<number> = new Set();
  private rebuilding: NodeJS.Timeout | null = null;
  private readonly undos: (() => void | Promise<void>)[] = [];

  private constructor(private readonly options: CaptureOptions) {
    this.servers = new UpstreamServers(options.dnsServers);
  }

  /** Errors: AppError NFT_MISSING, NFT_REFUSED, AGENT_CAPTURE_TAKEN; NativeError of a listener. */
  static async start(options: CaptureOptions): Promise<TransparentCapture> {
    const capture = new TransparentCapture(options);
    try {
      await capture.open();
      return capture;
    } catch (error) {
      await capture.stop();
      throw error;
    }
  }

  /** Addresses whose name is known. */
  get knownAddresses(): number {
    return [...this.names.entries()].length;
  }

  /** True for a connection that asks DNS questions. */
  isDns(connection: Connection): boolean {
    return this.dnsPorts.has(connection.local.port);
  }

  serveDns(connection: Connection): Promise<void> {
    const { servers, options } = this;
    const beforeAnswer = (response: Buffer): Promise<void> => this.learn(response);
    return serveDnsConnection(connection, { servers, mark: agentMark, beforeAnswer, log: options.log });
  }

  /** The name or address to ask the proxy for; null where the connection goes direct. */
  choose(original: SocketAddress): string | null {
    return chooseCaptured(this.options.policy, this.names, original);
  }

  async stop(): Promise<void> {
    if (this.rebuilding !== null) clearTimeout(this.rebuilding);
    for (const undo of this.undos.splice(0).reverse()) await undo();
  }

  private async open(): Promise<void> {
    const { policy, log } = this.options;
    this.dns = await DnsForwarder.start({
      servers: this.servers,
      beforeAnswer: (response) => this.learn(response),
      log,
    });
    this.undos.push(() => this.dns?.close());
    const dnsUdp = this.dns.ports;
    const ipv4 = this.listen("127.0.0.1", dnsUdp.ipv4);
    const ipv6 = dnsUdp.ipv6 === null ? null : this.listen("::1", dnsUdp.ipv6);
    this.dnsPorts = new Set([ipv4.dnsTcp, ...(ipv6 === null ? [] : [ipv6.dnsTcp])]);
    const table = await CaptureTable.open(this.parts({ ipv4, ipv6 }), log);
    this.table = table;
    this.undos.push(() => table.close());
    this.undos.push(policy.onChange(() => this.rebuildSoon({ ipv4, ipv6 })));
    // The policy may have come while the table was made.
    this.rebuildSoon({ ipv4, ipv6 });
    let taken = this.servers.takes();
    const watch = setInterval(() => {
      const before = taken;
      taken = this.servers.takes();
      if (taken !== before) this.rebuildSoon({ ipv4, ipv6 });
    }, serversCheckMs).unref();
    this.undos.push(() => clearInterval(watch));
    log.info({ dnsServers: this.servers.current() }, "connections to white-listed destinations are captured");
  }

  private listen(address: string, dnsUdp: number): CapturePorts {
    const { server } = this.options;
    const open = (transparent: boolean): number => server.listen({ address, port: 0, mptcp: false, transparent }).port;
    return { tcp: open(true), dnsTcp: open(false), dnsUdp };
  }

  private parts(ports: CaptureParts["ports"]): CaptureParts {
    return {
      mark: agentMark,
      ownDnsPorts: this.dns?.ownPorts ?? [],
      ports,
      dnsQuestions: this.servers.takes(),
      spared: this.options.spared(),
      cidrs: ruledRanges(this.options.policy),
    };
  }

  /** Changes come in bursts (policy, standing, connection): one transaction for all. */
  private rebuildSoon(ports: CaptureParts["ports"]): void {
    this.rebuilding ??= setTimeout(() => {
      this.rebuilding = null;
      const { policy, log } = this.options;
      const learned = () => listedAddresses(policy, this.names, performance.now());
      this.table
        ?.replace(() => ({ parts: this.parts(ports), learned: learned() }))
        .catch((error: unknown) => log.error({ reason: errorMessage(error) }, "the redirects before stay in force"));
    }, rebuildDelayMs);
  }

  private async learn(response: Buffer): Promise<void> {
    const { policy, sparedNames, log } = this.options;
    const lesson = readLesson(response);
    if (lesson === null || sparedNames.has(lesson.name)) return;
    for (const { name, ttlSeconds } of lesson.targets) this.names.learnAlias(name, lesson.name, ttlSeconds * 1000);
    const name = this.names.ownerOf(lesson.name);
    for (const { address, ttlSeconds } of lesson.addresses) this.names.learn(name, address, ttlSeconds * 1000);
    if (!isNameListed(policy, name) || this.table === null) return;
    const learned = lesson.addresses.map(({ address, ttlSeconds }) => ({
      address,
      timeoutSeconds: captureTimeoutSeconds(ttlSeconds),
    }));
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, answerDelayLimitMs);
    });
    const done = this.table
      .learn(learned)
      .catch((error: unknown) => log.error({ reason: errorMessage(error) }, "a destination is not captured"));
    await Promise.race([done, limit]);
    clearTimeout(timer);
  }
}
