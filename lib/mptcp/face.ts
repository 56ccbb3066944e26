/**
 * The typed face of the native helper: what TypeScript may ask of the kernel's MPTCP and of the relay engine.
 * Shapes only; `index.ts` loads the addon and implements them.
 */
import type { SocketAddress } from "./face-address";
import type { PacingSupport, PathManager, SubflowPacer } from "./face-paths";

export type * from "./face-address";
export type * from "./face-paths";

/** Thrown by every native call that the kernel refused. `errno` is positive (`os.constants.errno`), `code` its name. */
export type NativeErrorShape = { code: string; errno: number; syscall: string };

/** What this kernel offers, found by trying it (features, never versions). */
export type MptcpSupport = {
  /** `socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)` works in this network namespace. */
  hasMptcp: boolean;
  /** One sentence that says why not and how to mend it; null where MPTCP works. */
  reason: string | null;
  /** `getsockopt(SOL_MPTCP, MPTCP_FULL_INFO)` is known (Linux 6.6 and later). */
  hasFullInfo: boolean;
  /** The generic-netlink family `mptcp_pm` answers. */
  hasPathManager: boolean;
};

/** The two ends of a session in the relay engine: the one that was accepted and the one that was dialled. */
export type Side = "client" | "upstream";

/** Opaque id of one connection in the engine; never reused while the engine lives. A safe integer. */
export type ConnectionId = number;

/**
 * How a socket really speaks. `tcp-fallback`: MPTCP was asked for and the peer or the path answered with plain TCP.
 * A client of an MPTCP listener that never asked is `tcp`.
 */
export type TransportKind = "mptcp" | "tcp" | "tcp-fallback";

/** One subflow as MPTCP_FULL_INFO shows it (include/uapi/linux/mptcp.h, include/uapi/linux/tcp.h). */
export type SubflowSample = {
  /** The kernel's subflow id, unique within its connection. */
  id: number;
  local: SocketAddress;
  remote: SocketAddress;
  /** `tcpi_state`: 1 is established; a closed initial subflow stays listed with frozen counters. */
  tcpState: number;
  /** Payload bytes given to this path, retransmissions included (`tcpi_bytes_sent`). */
  bytesSent: number;
  /** Payload bytes of that which were retransmissions on the same path (`tcpi_bytes_retrans`). */
  bytesRetrans: number;
  /** Payload bytes acknowledged; the kernel counts our SYN (connecting side) and our FIN as one each (`tcpi_bytes_acked`). */
  bytesAcked: number;
  /** Payload bytes received on this path, without the FIN that the kernel counts (`tcpi_bytes_received`). */
  bytesReceived: number;
  rttMs: number;
  rttVarMs: number;
  retransSegments: number;
  congestionWindowSegments: number;
  notSentBytes: number;
};

/**
 * One side's transport at one moment. Plain TCP is given as one subflow, so that readers need one path only.
 *
 * Over the subflows, Σ (bytesSent − bytesRetrans) = bytesSent + bytesRetrans of the connection, but for probes of a
 * closed window, which carry one byte each. The kernel drops the subflows of an MPTCP connection that was reset or has
 * ended: `closed` events give those read just before an end, and none after a reset (the connection's totals stay).
 */
export type TransportSample = {
  kind: TransportKind;
  /** The connection's token for path-manager calls; 0 for plain TCP. */
  token: number;
  /** Connection-level payload bytes (`mptcpi_bytes_*`); for plain TCP those of its one subflow. */
  bytesSent: number;
  bytesReceived: number;
  /** Connection-level retransmissions: bytes given to a second subflow as well (reinjection). */
  bytesRetrans: number;
  subflows: SubflowSample[];
};

/** One connection's counters. `upload` is client to upstream, `download` upstream to client; relayed bytes only. */
export type ConnectionSample = {
  connection: ConnectionId;
  uploadBytes: number;
  downloadBytes: number;
  client: TransportSample | null;
  upstream: TransportSample | null;
};

/**
 * One subflow for steering: a part of SubflowSample, read where it lies. Bytes are payload; `sentBytes` does not count
 * retransmissions.
 */
export type PathReading = {
  readonly id: number;
  readonly isEstablished: boolean;
  readonly sentBytes: number;
  readonly ackedBytes: number;
  /** About: segments that arrived, selectively acknowledged and repeated ones included (`tcpi_delivered`). */
  readonly deliveredBytes: number;
  readonly receivedBytes: number;
  readonly notSentBytes: number;
  readonly srttMs: number;
  readonly rttVarMs: number;
  /** Both ends; decoded at each call. */
  ends(): { local: SocketAddress; remote: SocketAddress };
};

/** One side's paths of one connection. */
export type PathsReading = {
  readonly connection: ConnectionId;
  /** Null: the side has no socket yet, or none any more. */
  readonly kind: TransportKind | null;
  readonly token: number;
  /** Bytes that were given to no subflow yet (SIOCOUTQNSD); 0 for plain TCP. */
  readonly unsentBytes: number;
  readonly paths: readonly PathReading[];
};

export type CloseReason =
  /** Both directions ended with FIN and everything was delivered. */
  | "finished"
  /** `close()` was called from TypeScript. */
  | "closed-by-owner"
  | "client-reset"
  | "upstream-reset"
  /** The client went away before the relay began. */
  | "client-gone"
  | "handshake-timeout"
  | "idle-timeout"
  | "engine-stopped";

/**
 * What the engine tells TypeScript, in batches and in order per connection; at once, but for what asks for no answer
 * (`closed`, and `connected` where the relay has begun), which comes within some milliseconds.
 *
 * A connection begins with `accepted` (which carries the first bytes) and ends with exactly one `closed`.
 * Until `relay()`, each side is in conversation: the engine reads one chunk (at most 16 KiB) when asked by
 * `read(connection, side)` and answers with `data` or `end`. The first chunk of the client is read unasked. A client
 * that leaves or times out before its first byte is never heard of; `stats()` counts it.
 */
export type RelayEvent =
  | {
      type: "accepted";
      connection: ConnectionId;
      listener: number;
      peer: SocketAddress;
      local: SocketAddress;
      kind: TransportKind;
      /** Where the program wanted to go, on a `transparent` listener (SO_ORIGINAL_DST); null on others. */
      originalDestination: SocketAddress | null;
      data: Buffer;
    }
  | { type: "data"; connection: ConnectionId; side: Side; data: Buffer }
  | { type: "end"; connection: ConnectionId; side: Side }
  | { type: "connected"; connection: ConnectionId; local: SocketAddress; remote: SocketAddress; kind: TransportKind }
  | { type: "connect-failed"; connection: ConnectionId; errno: number; code: string }
  /** The upload limit given to `relay()` was reached, or a side's `pass()` is done: it is in conversation again. */
  | { type: "upload-limit"; connection: ConnectionId }
  | { type: "download-limit"; connection: ConnectionId }
  | {
      type: "closed";
      connection: ConnectionId;
      reason: CloseReason;
      /** 0 where no error was seen. */
      errno: number;
      /** The last counters, taken just before the descriptors were closed, with the transports of `lastSides`. */
      last: ConnectionSample;
    }
  /** The answer to `sample()`; connections that ended meanwhile are absent. */
  | { type: "sampled"; request: number; samples: ConnectionSample[] }
  /** The answer to `samplePaths()`; connections that ended meanwhile are absent. */
  | { type: "paths"; request: number; readings: PathsReading[] };

export type RelayEngineOptions = {
  /** Native threads; each owns an epoll set. */
  threads: number;
  /**
   * A client that has not reached `relay()` after this long is closed (`handshake-timeout`). A connect has its own time
   * instead, and the handshake all of it again after that.
   */
  handshakeTimeoutMs: number;
  /** A relayed session without a byte in either direction for this long is closed; 0 means never. */
  idleTimeoutMs: number;
  /** Connections beyond this many are accepted and closed at once, and counted in `stats().refused`. */
  maxConnections: number;
  /** Of which sides `closed` tells the last transports, which costs system calls; absent: of both. */
  lastSides?: readonly Side[];
  /** Called on the JavaScript thread with one or more events. */
  onEvents: (events: RelayEvent[]) => void;
};

export type ListenOptions = {
  address: string;
  /** 0 lets the kernel choose. */
  port: number;
  /** true: an MPTCP listener (plain TCP clients are served too). Throws where the kernel has none. */
  mptcp: boolean;
  backlog?: number;
  /**
   * Connections arrive by a redirect of netfilter. Their first bytes may never come (the server speaks first), so
   * `accepted` is sent at once, with empty `data`; read the client with `read()`.
   */
  transparent?: boolean;
  /**
   * Take bytes that come with a SYN (TCP Fast Open, RFC 7413) from clients that have the kernel's cookie; at most
   * `backlog` connections are open before their handshake has ended. Not for MPTCP listeners on Linux 6.18: what is
   * written to a connection that was accepted before its handshake ended does not leave.
   * Needs the server's bit (2) in `net.ipv4.tcp_fastopen`; without it, or in a kernel that cannot, SYNs are as ever.
   */
  fastOpen?: boolean;
};

/** Chosen by the caller; a safe integer. */
export type RateLimitId = number;
export type RateLimit = { uploadBytesPerSecond: number | null; downloadBytesPerSecond: number | null };

export type Listener = { id: number; address: string; port: number; mptcp: boolean };

/** Where another process puts a listening socket for this one to accept from too (unix(7), SCM_RIGHTS). */
export type ListenerBox = { readonly fd: number; close(): void };

/** What may change while the engine runs; see RelayEngineOptions. */
export type EngineBounds = Pick<RelayEngineOptions, "handshakeTimeoutMs" | "idleTimeoutMs" | "maxConnections">;

export type ConnectOptions = {
  address: string;
  port: number;
  /** Source address to bind to (the first path); null lets the kernel choose. */
  localAddress: string | null;
  mptcp: boolean;
  /** SO_MARK of the socket, so that netfilter can tell it from programs' own; absent means none. Takes CAP_NET_ADMIN. */
  mark?: number;
  /**
   * TCP Fast Open (RFC 7413): bytes that leave with the SYN, as many as fit, where the kernel has this peer's cookie
   * (kept for each source address; it asks for one where it has none). What does not, leaves right after the handshake,
   * before everything that is written; a connect that fails drops them. Never an error where the kernel cannot.
   * A SYN may arrive twice (RFC 7413 §2.1): give only what may.
   */
  withSyn?: Uint8Array;
  /**
   * Once connected the client gets this and both directions are relayed, as by `write` and `relay` at that moment but
   * without a word from TypeScript; dropped where the connect fails. Empty: no relaying.
   */
  answer?: Uint8Array;
  /** `connect-failed` with ETIMEDOUT after this long. */
  timeoutMs: number;
};

export type EngineStats = {
  connections: number;
  accepted: number;
  refused: number;
  relaying: number;
  /** Relayed bytes since start, ended connections included. */
  uploadBytes: number;
  downloadBytes: number;
};

/** The relay engine: native threads own the sockets, TypeScript owns every decision. Calls never block. */
export interface RelayEngine {
  listen(options: ListenOptions): Listener;
  /** Accept from the socket that waits in the box; both processes do then. Errors: NativeError, EAGAIN where it is empty. */
  adoptListener(box: ListenerBox, mptcp: boolean): Listener;
  /** Put a listener's socket into the box at this path; this engine goes on accepting. Errors: NativeError. */
  giveListener(id: number, boxPath: string): void;
  /** Accept no more; the socket and what waits in it are left to the process that has it too. */
  leaveListener(id: number): void;
  /** Accept no more and close the socket: what waits in it is reset. */
  closeListener(id: number): void;
  /** In force at once for what comes, within 8 s for connections that are there (but those without an idle time-out). */
  setBounds(bounds: EngineBounds): void;
  /** Ask for the next chunk of a side in conversation; it is read once everything written to the other side has left. */
  read(connection: ConnectionId, side: Side): void;
  /**
   * Queue bytes for a side; they are copied. Order is kept, also before later relayed bytes.
   *
   * @param isRelayed they are the other side's own bytes: counted as relayed
   */
  write(connection: ConnectionId, side: Side, bytes: Uint8Array, isRelayed?: boolean): void;
  /**
   * Dial the upstream. While one is in conversation it is reset, what was written to it and has not left is dropped, and
   * the new one takes its place; `connect-failed` with EISCONN once the relay began (until `hangUp`) or while a connect
   * is under way.
   */
  connect(connection: ConnectionId, options: ConnectOptions): void;
  /**
   * The same beside attempts that are under way: the first that connects is the upstream, which `connected` names, and
   * the others are closed. Each that fails is told by itself; the time of the first is the time of all. Nothing happens
   * where an upstream is connected already. `answer` is that of the first, and is to be the same. After `withSyn`: EISCONN.
   */
  connectBeside(connection: ConnectionId, options: Omit<ConnectOptions, "withSyn">): void;
  /**
   * Relay natively from now on, after what `write` queued. With `uploadLimitBytes` at most that many further bytes
   * go upstream; then `upload-limit` is sent and the client side is back in conversation (the download goes on).
   */
  relay(connection: ConnectionId, options?: { uploadLimitBytes?: number }): void;
  /**
   * Relay exactly this many further bytes of one side natively, after what `write` queued; then `upload-limit` or
   * `download-limit` is sent and the side is in conversation again. The other direction stays as it is. From the first
   * one on the idle time-out counts instead of the handshake's, rate limits hold for what `read` brings too, and an
   * upstream that breaks while it is in conversation is told as its `end`. Without an upstream and with 0 that is all
   * that happens; again, it begins the idle time anew.
   */
  pass(connection: ConnectionId, source: Side, bytes: number): void;
  /** Close the upstream, of which nothing is wanted any more; the client stays, and `connect` may be called anew. */
  hangUp(connection: ConnectionId): void;
  /**
   * "flush": deliver what is queued, then close with FIN; a peer that takes nothing of it for `handshakeTimeoutMs` is
   * reset. "reset": close at once with RST.
   */
  close(connection: ConnectionId, how: "flush" | "reset"): void;
  /**
   * Make or change a limit on relayed bytes, each direction by itself; connections share it through `limitConnection`,
   * on whichever thread they are. Takes effect at once, also on running connections. null means no limit.
   */
  setRateLimit(limit: RateLimitId, rate: RateLimit): void;
  /** Take the limit away from every connection that has it, and forget it. */
  dropRateLimit(limit: RateLimitId): void;
  /** From now on the connection takes its bytes from this limit; null frees it. */
  limitConnection(connection: ConnectionId, limit: RateLimitId | null): void;
  /**
   * Bound what is queued or on its way on a side's socket, of MPTCP on each subflow (SO_SNDBUFFORCE; the kernel's own
   * memory, a little more than the bytes). From then on the kernel does not size it by itself. Takes CAP_NET_ADMIN,
   * without which nothing changes.
   */
  boundSendBuffer(connection: ConnectionId, side: Side, bytes: number): void;
  /**
   * Ask for counters of these connections (all where null) with the transports of these sides; with "moved" only of those
   * that relayed bytes within the last 15 s.
   */
  sample(request: number, connections: ConnectionId[] | null, sides: Side[], which?: "all" | "moved"): void;
  /**
   * Ask for one side's paths of these connections, or (null) of those that relayed bytes since their paths were read
   * last: cheap enough for thousands of idle connections.
   */
  samplePaths(request: number, connections: readonly ConnectionId[] | null, side: Side): void;
  stats(): EngineStats;
  /** Close everything; each connection's `closed` event is delivered first. Resolves when the threads have ended. */
  stop(): Promise<void>;
}

export interface MptcpHelper {
  probe(): MptcpSupport;
  /** Have V8 collect all garbage and shrink its heap, which it does by itself only where there is much. Takes some 0.1 s. */
  releaseMemory(): void;
  createRelayEngine(options: RelayEngineOptions): RelayEngine;
  openPathManager(): PathManager;
  /** A box at this path, which must not exist; its owner removes the file. Errors: NativeError. */
  openListenerBox(path: string): ListenerBox;
  /**
   * Be told that links, addresses or routes of the namespace may have changed, once for a burst; read them afresh.
   * Returns the unsubscribe function. Errors: NativeError.
   */
  watchLinks(onChange: () => void): () => void;
  probePacing(): PacingSupport;
  /** Errors: AppError MPTCP_NO_PACING with the reason of `probePacing`. */
  openPacer(): SubflowPacer;
}
