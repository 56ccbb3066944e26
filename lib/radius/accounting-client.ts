import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { AppError } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import { type AccountingRecord, accountingAttributes } from "./accounting-record";
import { encodeAccountingRequest, isResponseTo } from "./radius-packet";

export type RadiusServer = { host: string; port: number };

/** How long the first try waits for its answer; each next one waits twice as long. */
export type RetryTimes = { firstWaitMs: number; tries: number };

/** IRT of RFC 5080 §2.2.1; after 14 s another server is the better try. */
export const retryTimes: RetryTimes = { firstWaitMs: 2000, tries: 3 };
const identifiers = 256;

type Waiting = { request: Buffer; onResponse: () => void };

async function openSocket({ host, port }: RadiusServer): Promise<Socket> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? "udp6" : "udp4");
  // A server that is away is known by its silence; what ICMP says of it is not.
  socket.on("error", () => {});
  // Connected: the kernel takes datagrams of this server only.
  await new Promise<void>((resolve) => socket.connect(port, address, resolve));
  return socket.unref();
}

/** Sends accounting records to one server over UDP. Source: RFC 2866 §2, §3; RFC 5080 §2.2.1. */
export class AccountingClient {
  private socket: Promise<Socket> | null = null;
  /** By identifier: all tries of all records that have no answer yet. */
  private readonly waiting = new Map<number, Waiting>();
  private lastIdentifier = 0;

  constructor(
    private readonly server: RadiusServer,
    private readonly secret: string,
    private readonly times: RetryTimes,
  ) {}

  /**
   * Send until the server says that it has the record. Each try has a newer Acct-Delay-Time, and thereby an identifier of
   * its own; an answer to any of them counts.
   *
   * Errors: AppError RADIUS_SILENT; what the DNS says of a name that it does not have.
   */
  async send(record: AccountingRecord): Promise<void> {
    const socket = await this.open();
    const answered = new AbortController();
    const tried: number[] = [];
    try {
      for (let n = 0; n < this.times.tries; n += 1) {
        const identifier = this.takeIdentifier();
        const request = encodeAccountingRequest(identifier, accountingAttributes(record, new Date()), this.secret);
        this.waiting.set(identifier, { request, onResponse: () => answered.abort() });
        tried.push(identifier);
        socket.send(request, () => {});
        await sleep(this.times.firstWaitMs * 2 ** n, answered.signal);
        if (answered.signal.aborted) return;
      }
    } finally {
      for (const identifier of tried) this.waiting.delete(identifier);
    }
    const { host, port } = this.server;
    throw new AppError(
      "RADIUS_SILENT",
      `RADIUS server ${host}, port ${port}, has not answered ${this.times.tries} tries. Look whether it runs, knows this portal's address, and has the same secret.`,
    );
  }

  async close(): Promise<void> {
    const socket = await this.socket?.catch(() => null);
    this.socket = null;
    socket?.close();
  }

  private open(): Promise<Socket> {
    this.socket ??= openSocket(this.server).then((socket) => socket.on("message", (datagram) => this.take(datagram)));
    return this.socket;
  }

  private take(datagram: Buffer): void {
    const waiting = this.waiting.get(datagram[1] ?? -1);
    if (waiting !== undefined && isResponseTo(datagram, waiting.request, this.secret)) waiting.onResponse();
  }

  /** The one that was in use longest ago. */
  private takeIdentifier(): number {
    for (let n = 1; n <= identifiers; n += 1) {
      const identifier = (this.lastIdentifier + n) % identifiers;
      if (this.waiting.has(identifier)) continue;
      this.lastIdentifier = identifier;
      return identifier;
    }
    throw new AppError("RADIUS_BUSY", `${identifiers} requests wait for an answer: no identifier is left.`);
  }
}
