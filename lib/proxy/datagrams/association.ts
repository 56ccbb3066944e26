import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { SocketAddress } from "@/lib/mptcp/face";
import { type Host, hostText, normaliseHost } from "@/lib/protocols/host";
import { encodeSocksDatagram, parseSocksDatagram } from "@/lib/protocols/socks5";

/** Why datagrams were dropped, and how many. */
export type Dropped = Record<"stranger" | "fragment" | "malformed" | "refused" | "rate" | "failed", number>;

export type AssociationOptions = {
  /** Where the client asked: datagrams are taken at this address. */
  address: string;
  /** Datagrams of this address alone are taken; port null: of the port that sends first. */
  from: { address: string; port: number | null };
  /** The address that this datagram may be sent to; null: none. */
  decide: (host: Host, port: number) => Promise<string | null>;
  /** Whether so many bytes may pass now in this direction. */
  mayPass: (direction: "upload" | "download", bytes: number) => boolean;
};

/** Datagrams of one association that wait for a decision (a name's address, mostly). */
const maxUndecided = 64;
/** Destinations that may answer; the one that was sent to first is forgotten first. */
const maxDestinations = 1024;

const plain = (address: string): string => address.replace(/^::ffff:(?=[0-9.]+$)/, "");

async function openSocket(address: string | null, family: "udp4" | "udp6"): Promise<Socket> {
  const socket = createSocket({ type: family, ipv6Only: family === "udp6" });
  const bound = once(socket, "listening");
  socket.bind(address === null ? { port: 0 } : { port: 0, address });
  await bound;
  return socket;
}

/**
 * A relay of datagrams for one client: it sends to the destinations that `decide` lets pass, and hears those alone.
 * Fragments are dropped, as RFC 1928 §7 has it for relays without reassembly. Bytes are counted without SOCKS headers.
 */
export class Association {
  uploadBytes = 0;
  downloadBytes = 0;
  readonly dropped: Dropped = { stranger: 0, fragment: 0, malformed: 0, refused: 0, rate: 0, failed: 0 };
  /** When a datagram passed last (performance.now). */
  lastMovedAtMs = performance.now();
  /** Where datagrams are taken. */
  readonly local: SocketAddress;
  /** From where the client sends; null until it has. */
  client: SocketAddress | null = null;
  private readonly upstream = new Map<"udp4" | "udp6", Promise<Socket>>();
  private readonly destinations = new Set<string>();
  private undecided = 0;
  private isClosed = false;

  private constructor(
    private readonly options: AssociationOptions,
    private readonly front: Socket,
  ) {
    this.local = { address: options.address, port: front.address().port };
    front.on("message", (bytes, from) => void this.take(bytes, from));
    front.on("error", () => this.drop("failed"));
  }

  /** Errors: those of bind(2). */
  static async open(options: AssociationOptions): Promise<Association> {
    const socket = await openSocket(options.address, isIPv6(options.address) ? "udp6" : "udp4");
    return new Association(options, socket);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.front.close();
    for (const socket of this.upstream.values())
      socket.then(
        (opened) => opened.close(),
        () => {},
      );
  }

  private drop(why: keyof Dropped): void {
    this.dropped[why] += 1;
  }

  private isClient({ address, port }: RemoteInfo): boolean {
    const { from } = this.options;
    if (plain(address) !== from.address) return false;
    return port === (this.client?.port ?? from.port ?? port);
  }

  private async take(bytes: Buffer, from: RemoteInfo): Promise<void> {
    const why = await this.passOn(bytes, from);
    if (why !== null) this.drop(why);
  }

  /** @returns why it was dropped */
  private async passOn(bytes: Buffer, from: RemoteInfo): Promise<keyof Dropped | null> {
    if (!this.isClient(from)) return "stranger";
    const datagram = parseSocksDatagram(bytes);
    if (datagram === null || datagram.host === null || datagram.port === 0) return "malformed";
    if (datagram.fragment !== 0) return "fragment";
    this.client ??= { address: plain(from.address), port: from.port };
    if (this.undecided >= maxUndecided) return "rate";
    this.undecided += 1;
    const address = await this.options.decide(datagram.host, datagram.port).finally(() => {
      this.undecided -= 1;
    });
    if (this.isClosed) return null;
    if (address === null) return "refused";
    if (!this.options.mayPass("upload", datagram.data.length)) return "rate";
    await this.send(address, datagram.port, datagram.data);
    return null;
  }

  private async send(address: string, port: number, data: Buffer): Promise<void> {
    try {
      const socket = await this.upstreamOf(isIPv6(address) ? "udp6" : "udp4");
      if (this.isClosed) return;
      this.remember(`${address} ${port}`);
      socket.send(data, port, address, this.noteFailure);
      this.uploadBytes += data.length;
      this.lastMovedAtMs = performance.now();
    } catch {
      this.drop("failed");
    }
  }

  private upstreamOf(family: "udp4" | "udp6"): Promise<Socket> {
    const known = this.upstream.get(family);
    if (known !== undefined) return known;
    const opening = openSocket(null, family).then((socket) => {
      socket.on("message", (data, from) => this.answer(data, from));
      socket.on("error", () => this.drop("failed"));
      if (this.isClosed) socket.close();
      return socket;
    });
    this.upstream.set(family, opening);
    return opening;
  }

  private remember(destination: string): void {
    this.destinations.delete(destination);
    this.destinations.add(destination);
    const [oldest] = this.destinations;
    if (this.destinations.size > maxDestinations && oldest !== undefined) this.destinations.delete(oldest);
  }

  private answer(data: Buffer, from: RemoteInfo): void {
    const why = this.giveBack(data, from);
    if (why !== null) this.drop(why);
  }

  /** @returns why it was dropped */
  private giveBack(data: Buffer, { address, port }: RemoteInfo): keyof Dropped | null {
    const { client } = this;
    const host = normaliseHost(address);
    if (this.isClosed || client === null) return null;
    if (host === null || !this.destinations.has(`${hostText(host)} ${port}`)) return "stranger";
    if (!this.options.mayPass("download", data.length)) return "rate";
    this.front.send(encodeSocksDatagram(host, port, data), client.port, client.address, this.noteFailure);
    this.downloadBytes += data.length;
    this.lastMovedAtMs = performance.now();
    return null;
  }

  private readonly noteFailure = (error: Error | null): void => {
    if (error !== null) this.drop("failed");
  };
}
