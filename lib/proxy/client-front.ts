import type { Connection } from "@/lib/mptcp/connection";
import type { SocketAddress } from "@/lib/mptcp/face";
import { type ByteStream, MessageReader } from "@/lib/protocols/message-reader";
import { parseProxyHeader } from "@/lib/protocols/proxy-protocol";
import { type AddressSet, isInSet } from "./address-set";
import { type TlsFront, tlsHandshakeByte } from "./tls/tls-front";

/** A client that asks for something. */
export type Client = {
  /** Where it asks, and what is relayed to its destination. */
  connection: Connection;
  /** Its own socket, with its paths: another connection where TLS ends in between. */
  carrier: Connection;
  /** Its address: the socket's, or what a trusted balancer said. */
  source: SocketAddress;
  stream: ByteStream;
};

/** A client whose request is still to come by another connection, out of TLS. */
export type SecuredClient = {
  /** As a client's. */
  source: SocketAddress;
  /** Be told once its request's connection has come, or the client has left. */
  onBegun: (listener: () => void) => void;
};

const nothing = Buffer.alloc(0);

/** The connection's client side as a stream, `unread` before what is read next. */
function clientStream(connection: Connection, unread: Buffer): ByteStream {
  let early = unread;
  return {
    read: () => {
      if (early.length === 0) return connection.read("client");
      const first = early;
      early = nothing;
      return Promise.resolve(first);
    },
    readNow: () => {
      if (early.length === 0) return connection.takeFirstBytes();
      const first = early;
      early = nothing;
      return first;
    },
    write: (bytes) => connection.write("client", bytes),
  };
}

/** What comes before a client's request on the proxy's port: a PROXY protocol header, and TLS. */
export class ClientFront {
  /** What balancers said, while it is needed: until the connection out of TLS has come. */
  private readonly announced = new WeakMap<Connection, SocketAddress>();

  constructor(
    private readonly tls: TlsFront | null,
    /** Who must begin with a PROXY protocol header; nobody else may. */
    private readonly balancers: AddressSet,
  ) {}

  /** The source of a new connection, before a byte of it is read; null where only its first bytes will say. */
  sourceOf(connection: Connection): string | null {
    const { address } = connection.peer;
    if (this.tls?.isDecrypted(connection)) return null;
    return isInSet(this.balancers, address) ? null : address;
  }

  /**
   * The client behind a new connection; null where it comes out of TLS and is nobody's: it is reset then.
   * Errors: those of MessageReader and of Connection.connect.
   */
  open(connection: Connection): Client | Promise<Client | SecuredClient | null> {
    const isPlain = this.tls === null && !isInSet(this.balancers, connection.peer.address);
    return isPlain ? this.clientOf(connection, connection, nothing) : this.openFronted(connection);
  }

  private async openFronted(connection: Connection): Promise<Client | SecuredClient | null> {
    const { tls } = this;
    if (tls?.isDecrypted(connection)) {
      const carrier = tls.carrierOf(connection);
      if (carrier === null) connection.close("reset");
      return carrier === null ? null : this.clientOf(connection, carrier, nothing);
    }
    const isBehindBalancer = isInSet(this.balancers, connection.peer.address);
    const reader = new MessageReader(clientStream(connection, nothing));
    if (isBehindBalancer) {
      const { ends } = await reader.next(parseProxyHeader);
      if (ends !== null) this.announced.set(connection, ends.source);
    }
    if (tls === null || (await reader.peekByte()) !== tlsHandshakeByte)
      return this.clientOf(connection, connection, reader.takeRest());
    await tls.take(connection, reader.takeRest());
    return { source: this.addressOf(connection), onBegun: (listener) => tls.onBegun(connection, listener) };
  }

  private clientOf(connection: Connection, carrier: Connection, unread: Buffer): Client {
    return { connection, carrier, source: this.addressOf(carrier), stream: clientStream(connection, unread) };
  }

  private addressOf(carrier: Connection): SocketAddress {
    return this.announced.get(carrier) ?? carrier.peer;
  }
}
