import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Connection } from "@/lib/mptcp/connection";
import type { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { Listener } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { type CertificateFiles, readCertificate } from "./certificate";
import { joinSockets } from "./join-sockets";

export type TlsFrontOptions = {
  server: ConnectionServer;
  files: CertificateFiles;
  /** A client whose request has not begun after this long is closed. */
  handshakeTimeoutMs: number;
  log: Log;
  /** How often the files are looked at for a new certificate. */
  reloadEveryMs?: number;
};

/** The first byte of a TLS record that carries a handshake (RFC 8446 §5.1). No other protocol of the port has it. */
export const tlsHandshakeByte = 0x16;

const minVersion = "TLSv1.2";
const loopback = "127.0.0.1";
const reloadEveryMs = 2000;
/** A backlog that grows over this is not read on: each way, in each of the two sockets. */
const highWaterMark = 256 * 1024;

/** `decrypted`: the connection of the engine at its other end, once that has been heard of. */
type WayOut = { carrier: Connection; plain: Socket; decrypted: Connection | null };

/** Nothing is served any more: the connection ends once the client has what it was sent, and does not wait for its FIN. */
function endAfterDownload(carrier: Connection): void {
  carrier.relay({ uploadLimitBytes: 0 });
}

/**
 * TLS on the proxy's port. The client's socket stays with the relay engine, which measures, steers and caps it and relays
 * what it carries, still encrypted, to a TLS server of ours on the loopback; what comes out of that goes back into the
 * engine as a second connection, on which the request is served:
 *
 *   client == MPTCP ==> engine -- loopback --> TLS server -- loopback --> engine -- TCP --> destination
 *
 * Both loopback sockets are told from anybody else's by their ports on 127.0.0.1.
 */
export class TlsFront {
  private readonly decrypted: Listener;
  private readonly reload: NodeJS.Timeout;
  /** The clients' connections by the port of their way into the TLS server, and by that of their way out of it. */
  private readonly byWayIn = new Map<number, Connection>();
  private readonly byWayOut = new Map<number, WayOut>();
  private readonly raws = new Set<Socket>();
  /** Who is told once a client's request has come. */
  private readonly begun = new WeakMap<Connection, (() => void)[]>();
  /** Why the files do not fit just now, as it was told. */
  private unfit: string | null = null;
  /** Decrypted connections so far: the engine counts them besides their clients'. */
  acceptedTotal = 0;

  private constructor(
    private readonly options: TlsFrontOptions,
    private readonly tls: Server,
    private digest: string,
  ) {
    const { server, log } = options;
    tls.on("secureConnection", (secure) => this.begin(secure));
    tls.on("connection", (raw: Socket) => this.keepRaw(raw));
    tls.on("tlsClientError", (error, secure) => {
      const carrier = this.byWayIn.get(secure.remotePort ?? 0);
      log.info({ reason: error.message, session: carrier?.id }, "no TLS handshake");
      if (carrier !== undefined) endAfterDownload(carrier);
      // Node leaves that to the one who hears of it, and a handshake that timed out would stay open.
      secure.destroy();
    });
    this.decrypted = server.listen({ address: loopback, port: 0, mptcp: false });
    this.reload = setInterval(() => this.reloadCertificate(), options.reloadEveryMs ?? reloadEveryMs).unref();
  }

  /** Errors: AppError PROXY_BAD_CERTIFICATE; those of listening on the loopback. */
  static async open(options: TlsFrontOptions): Promise<TlsFront> {
    const { files, handshakeTimeoutMs: handshakeTimeout, log } = options;
    const { cert, key, fingerprint, digest } = readCertificate(files);
    const shape = { handshakeTimeout, allowHalfOpen: true, noDelay: true, highWaterMark };
    const tls = createServer({ cert, key, minVersion, ALPNProtocols: ["http/1.1"], ...shape });
    tls.listen(0, loopback);
    await once(tls, "listening");
    log.info({ certificate: files.certFile, fingerprint }, "TLS is taken on the proxy's port");
    return new TlsFront(options, tls, digest);
  }

  /** Whether this connection came out of the TLS server's side of the engine, rather than from a client. */
  isDecrypted(connection: Connection): boolean {
    return connection.listener === this.decrypted.id;
  }

  /**
   * Take over a client that begins with a TLS handshake; `early` is what was read of it. Its request will come on another
   * connection. Errors: those of Connection.connect.
   */
  async take(carrier: Connection, early: Buffer): Promise<void> {
    const { handshakeTimeoutMs: timeoutMs } = this.options;
    const { port } = this.tls.address() as AddressInfo;
    const { local } = await carrier.connect({ address: loopback, port, localAddress: null, mptcp: false, timeoutMs });
    this.byWayIn.set(local.port, carrier);
    const deadline = setTimeout(() => carrier.close("reset"), timeoutMs);
    const hasBegun = (): void => clearTimeout(deadline);
    this.begun.set(carrier, [hasBegun]);
    void carrier.closed.then(() => {
      hasBegun();
      if (this.byWayIn.get(local.port) === carrier) this.byWayIn.delete(local.port);
    });
    carrier.write("upstream", early);
    carrier.relay();
  }

  /** Be told once the request of a client that was taken over has come, or the client has left. */
  onBegun(carrier: Connection, listener: () => void): void {
    this.begun.get(carrier)?.push(listener);
    carrier.onClosed(listener);
  }

  /** The client's own connection of a decrypted one; null where it is nobody's. */
  carrierOf(connection: Connection): Connection | null {
    const { address, port } = connection.peer;
    const found = address === loopback ? this.byWayOut.get(port) : undefined;
    if (found === undefined) return null;
    this.byWayOut.delete(port);
    found.decrypted = connection;
    const { carrier, plain } = found;
    this.acceptedTotal += 1;
    for (const listener of this.begun.get(carrier) ?? []) listener();
    void connection.closed.then(() => {
      if (plain.readableEnded) endAfterDownload(carrier);
      else plain.once("end", () => endAfterDownload(carrier));
    });
    return carrier;
  }

  stop(): void {
    clearInterval(this.reload);
    this.options.server.closeListener(this.decrypted.id);
    this.tls.close();
    for (const raw of this.raws) raw.destroy();
  }

  private keepRaw(raw: Socket): void {
    const { remoteAddress } = raw;
    if (remoteAddress !== loopback) {
      raw.destroy();
      return;
    }
    this.raws.add(raw);
    raw.once("close", () => this.raws.delete(raw));
  }

  private begin(secure: TLSSocket): void {
    const carrier = this.byWayIn.get(secure.remotePort ?? 0);
    if (carrier === undefined) {
      secure.destroy();
      return;
    }
    const way = { host: loopback, port: this.decrypted.port, allowHalfOpen: true, noDelay: true, highWaterMark };
    const plain = connect(way);
    const wayOut: WayOut = { carrier, plain, decrypted: null };
    plain.once("connect", () => {
      const { localPort: port = 0 } = plain;
      this.byWayOut.set(port, wayOut);
      plain.once("close", () => {
        if (this.byWayOut.get(port) === wayOut) this.byWayOut.delete(port);
      });
    });
    joinSockets(
      { socket: secure, isWhole: () => this.hasEndedWell(carrier), reset: () => carrier.close("reset") },
      { socket: plain, isWhole: () => this.hasEndedWell(wayOut.decrypted), reset: () => plain.resetAndDestroy() },
    );
  }

  /** Whether a connection that has sent us its end did so with FIN: it is open still, or was not reset. */
  private async hasEndedWell(connection: Connection | null): Promise<boolean> {
    if (connection === null) return true;
    const open = await this.options.server.sample([], [connection.id]);
    if (open.length > 0) return true;
    const { reason } = await connection.closed;
    return reason === "finished" || (reason === "closed-by-owner" && connection.closedHow === "flush");
  }

  private reloadCertificate(): void {
    const { files, log } = this.options;
    try {
      const { cert, key, fingerprint, digest } = readCertificate(files);
      this.unfit = null;
      if (digest === this.digest) return;
      this.tls.setSecureContext({ cert, key, minVersion });
      this.digest = digest;
      log.info({ fingerprint }, "a new certificate is in use");
    } catch (error) {
      const reason = errorMessage(error);
      if (reason !== this.unfit)
        log.warn({ reason }, "the certificate's files do not fit; the one before stays in use");
      this.unfit = reason;
    }
  }
}
