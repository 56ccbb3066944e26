import { randomInt } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import type { SocketAddress } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { hasSameQuestion, isResponse, readQuestion, refuseQuery } from "./dns-message";
import type { UpstreamServers } from "./upstream-servers";

type Pending = {
  query: Buffer;
  server: SocketAddress;
  answer: (response: Buffer | null) => void;
};

export type DnsForwarderOptions = {
  servers: UpstreamServers;
  /** Called with each response before the program gets it. */
  beforeAnswer: (response: Buffer) => Promise<void>;
  log: Log;
};

/** Ports and ids together are what a forger would have to guess (RFC 5452 §9.2). */
const socketsPerFamily = 8;
const serverTimeoutMs = 1500;
const rounds = 2;
const maxPending = 2000;

async function bound(type: "udp4" | "udp6", address: string): Promise<Socket | null> {
  const socket = createSocket(type);
  try {
    socket.bind({ address, port: 0, exclusive: true });
    await once(socket, "listening");
    socket.on("error", () => {});
    return socket;
  } catch {
    socket.close();
    return null;
  }
}

const present = <Value>(value: Value | null): value is Value => value !== null;

/**
 * Answers the DNS questions of this device's programs that are redirected to it (UDP): forwards each to the upstream
 * servers in turn and gives the answer back as it came. Listens on loopback only. Malformed messages are ignored.
 *
 * Source: RFC 1035 §4.2.1, RFC 5452 §9.
 */
export class DnsForwarder {
  private readonly pending = new Map<string, Pending>();

  private constructor(
    private readonly options: DnsForwarderOptions,
    private readonly listeners: readonly Socket[],
    private readonly askers: readonly Socket[],
  ) {
    for (const listener of listeners)
      listener.on("message", (query, program) => void this.serve(listener, query, program));
    for (const [index, asker] of askers.entries())
      asker.on("message", (response, server) => this.take(index, response, server));
  }

  static async start(options: DnsForwarderOptions): Promise<DnsForwarder> {
    const listeners = await Promise.all([bound("udp4", "127.0.0.1"), bound("udp6", "::1")]);
    const askers = await Promise.all(
      (["udp4", "udp6"] as const).flatMap((type) =>
        Array.from({ length: socketsPerFamily }, () => bound(type, type === "udp4" ? "0.0.0.0" : "::")),
      ),
    );
    return new DnsForwarder(options, listeners.filter(present), askers.filter(present));
  }

  /** Where redirected questions are taken; null without IPv6 on loopback. */
  get ports(): { ipv4: number; ipv6: number | null } {
    const portOf = (family: string): number | null =>
      this.listeners.find((socket) => socket.address().family === family)?.address().port ?? null;
    return { ipv4: portOf("IPv4") ?? 0, ipv6: portOf("IPv6") };
  }

  /** Source ports of the questions that this forwarder asks itself. */
  get ownPorts(): number[] {
    return [...new Set(this.askers.map((socket) => socket.address().port))];
  }

  close(): void {
    for (const socket of [...this.listeners, ...this.askers]) socket.close();
    for (const { answer } of this.pending.values()) answer(null);
  }

  private async serve(listener: Socket, query: Buffer, program: RemoteInfo): Promise<void> {
    const question = isResponse(query) ? null : readQuestion(query);
    if (question === null) return;
    const response = question.isStandardQuery ? await this.ask(query) : refuseQuery(query, "NOTIMP");
    const answer = response ?? refuseQuery(query, "SERVFAIL");
    if (answer === null) return;
    if (response !== null) await this.options.beforeAnswer(response);
    answer.writeUInt16BE(query.readUInt16BE(0), 0);
    try {
      listener.send(answer, program.port, program.address);
    } catch (error) {
      this.options.log.debug({ reason: errorMessage(error) }, "a DNS answer was not sent");
    }
  }

  private async ask(query: Buffer): Promise<Buffer | null> {
    const servers = this.options.servers.current();
    for (let round = 0; round < rounds; round += 1)
      for (const server of servers) {
        const response = await this.askServer(query, server);
        if (response !== null) return response;
      }
    return null;
  }

  private askServer(query: Buffer, server: SocketAddress): Promise<Buffer | null> {
    const family = server.address.includes(":") ? "IPv6" : "IPv4";
    const fitting = [...this.askers.keys()].filter((index) => this.askers[index]?.address().family === family);
    const index = fitting[randomInt(Math.max(1, fitting.length))];
    const asker = index === undefined ? undefined : this.askers[index];
    if (asker === undefined || this.pending.size >= maxPending) return Promise.resolve(null);
    let id = randomInt(65_536);
    while (this.pending.has(`${index} ${id}`)) id = randomInt(65_536);
    const key = `${index} ${id}`;
    const own = Buffer.from(query);
    own.writeUInt16BE(id, 0);
    return new Promise((resolve) => {
      const finish = (response: Buffer | null): void => {
        clearTimeout(timer);
        this.pending.delete(key);
        resolve(response);
      };
      const timer = setTimeout(() => finish(null), serverTimeoutMs);
      this.pending.set(key, { query: own, server, answer: finish });
      asker.send(own, server.port, server.address, (error) => {
        if (error !== null) finish(null);
      });
    });
  }

  private take(index: number, response: Buffer, from: RemoteInfo): void {
    if (!isResponse(response)) return;
    const pending = this.pending.get(`${index} ${response.readUInt16BE(0)}`);
    if (pending === undefined || from.port !== pending.server.port || from.address !== pending.server.address) return;
    if (hasSameQuestion(pending.query, response)) pending.answer(response);
  }
}
