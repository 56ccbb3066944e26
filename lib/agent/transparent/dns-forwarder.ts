import { randomInt } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import type { SocketAddress } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { hasSameQuestion, isResponse, readQuestion, refuseQuery } from "./dns-message";
import type { UpstreamServers } from "./upstream-servers";

/** A socket, and what it is bound to: a closed one cannot be asked. */
type Bound = { socket: Socket; family: 4 | 6; port: number };

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

async function bound(family: 4 | 6, address: string): Promise<Bound | null> {
  const socket = createSocket(family === 4 ? "udp4" : "udp6");
  try {
    socket.bind({ address, port: 0, exclusive: true });
    await once(socket, "listening");
    socket.on("error", () => {});
    return { socket, family, port: socket.address().port };
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
  private isClosed = false;

  private constructor(
    private readonly options: DnsForwarderOptions,
    private readonly listeners: readonly Bound[],
    private readonly askers: readonly Bound[],
  ) {
    for (const { socket } of listeners)
      socket.on("message", (query, program) => {
        this.serve(socket, query, program).catch((error: unknown) =>
          options.log.debug({ reason: errorMessage(error) }, "a DNS question was not answered"),
        );
      });
    for (const [index, { socket }] of askers.entries())
      socket.on("message", (response, server) => this.take(index, response, server));
  }

  static async start(options: DnsForwarderOptions): Promise<DnsForwarder> {
    const listeners = await Promise.all([bound(4, "127.0.0.1"), bound(6, "::1")]);
    const askers = await Promise.all(
      ([4, 6] as const).flatMap((family) =>
        Array.from({ length: socketsPerFamily }, () => bound(family, family === 4 ? "0.0.0.0" : "::")),
      ),
    );
    return new DnsForwarder(options, listeners.filter(present), askers.filter(present));
  }

  /** Where redirected questions are taken; null without IPv6 on loopback. */
  get ports(): { ipv4: number; ipv6: number | null } {
    const portOf = (family: 4 | 6): number | null =>
      this.listeners.find((listener) => listener.family === family)?.port ?? null;
    return { ipv4: portOf(4) ?? 0, ipv6: portOf(6) };
  }

  /** Source ports of the questions that this forwarder asks itself. */
  get ownPorts(): number[] {
    return [...new Set(this.askers.map(({ port }) => port))];
  }

  close(): void {
    this.isClosed = true;
    for (const { socket } of [...this.listeners, ...this.askers]) socket.close();
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
    if (!this.isClosed) listener.send(answer, program.port, program.address);
  }

  private async ask(query: Buffer): Promise<Buffer | null> {
    const servers = this.options.servers.current();
    for (let round = 0; round < rounds; round += 1)
      for (const server of servers) {
        const response = await this.askServer(query, server);
        if (response !== null || this.isClosed) return response;
      }
    return null;
  }

  private askServer(query: Buffer, server: SocketAddress): Promise<Buffer | null> {
    const family = server.address.includes(":") ? 6 : 4;
    const fitting = [...this.askers.keys()].filter((index) => this.askers[index]?.family === family);
    const index = fitting[randomInt(Math.max(1, fitting.length))];
    const asker = index === undefined ? undefined : this.askers[index]?.socket;
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
