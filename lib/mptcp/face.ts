/**
 * The typed face of the native helper: what TypeScript may ask of the kernel's MPTCP and of the relay engine.
 * Shapes only; `index.ts` loads the addon and implements them.
 */

/** A numeric IPv4 or IPv6 address (no brackets, no zone) and a port in host order. */
export type SocketAddress = { address: string; port: number };

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
 * What the engine tells TypeScript, in batches and in order per connection.
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
      data: Buffer;
    }
  | { type: "data"; connection: ConnectionId; side: Side; data: Buffer }
  | { type: "end"; connection: ConnectionId; side: Side }
  | { type: "connected"; connection: ConnectionId; local: SocketAddress; remote: SocketAddress; kind: TransportKind }
  | { type: "connect-failed"; connection: ConnectionId; errno: number; code: string }
  /** The upload limit given to `relay()` was reached: that direction is in conversation again. */
  | { type: "upload-limit"; connection: ConnectionId }
  | {
      type: "closed";
      connection: ConnectionId;
      reason: CloseReason;
      /** 0 where no error was seen. */
      errno: number;
      /** The last counters, taken just before the descriptors were closed. */
      last: ConnectionSample;
    }
  /** The answer to `sample()`; connections that ended meanwhile are absent. */
  | { type: "sampled"; request: number; samples: ConnectionSample[] };

export type RelayEngineOptions = {
  /** Native threads; each owns an epoll set. */
  threads: number;
  /** A client that has not reached `relay()` after this long is closed (`handshake-timeout`). */
  handshakeTimeoutMs: number;
  /** A relayed session without a byte in either direction for this long is closed; 0 means never. */
  idleTimeoutMs: number;
  /** Connections beyond this many are accepted and closed at once, and counted in `stats().refused`. */
  maxConnections: number;
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
};

export type Listener = { id: number; address: string; port: number; mptcp: boolean };

export type ConnectOptions = {
  address: string;
  port: number;
  /** Source address to bind to (the first path); null lets the kernel choose. */
  localAddress: string | null;
  mptcp: boolean;
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
  closeListener(id: number): void;
  /** Ask for the next chunk of a side in conversation; it is read once everything written to the other side has left. */
  read(connection: ConnectionId, side: Side): void;
  /** Queue bytes for a side; they are copied. Order is kept, also before later relayed bytes. */
  write(connection: ConnectionId, side: Side, bytes: Uint8Array): void;
  connect(connection: ConnectionId, options: ConnectOptions): void;
  /**
   * Relay natively from now on, after what `write` queued. With `uploadLimitBytes` at most that many further bytes
   * go upstream; then `upload-limit` is sent and the client side is back in conversation (the download goes on).
   */
  relay(connection: ConnectionId, options?: { uploadLimitBytes?: number }): void;
  /** "flush": deliver what is queued, then close with FIN. "reset": close at once with RST. */
  close(connection: ConnectionId, how: "flush" | "reset"): void;
  /** Ask for counters of these connections (all where null) with the transports of these sides. */
  sample(request: number, connections: ConnectionId[] | null, sides: Side[]): void;
  stats(): EngineStats;
  /** Close everything; each connection's `closed` event is delivered first. Resolves when the threads have ended. */
  stop(): Promise<void>;
}

export type EndpointFlag = "signal" | "subflow" | "backup" | "fullmesh";

/** One address of this network namespace that the kernel path manager may use (`ip mptcp endpoint`). */
export type Endpoint = {
  id: number;
  address: string;
  port: number;
  /** null where the endpoint is not bound to an interface. */
  interfaceName: string | null;
  flags: EndpointFlag[];
};

/** Path-manager limits of this namespace (`ip mptcp limits`): extra subflows, and ADD_ADDRs to follow. */
export type PathManagerLimits = { subflows: number; acceptedAddresses: number };

export type PathManagerEventType =
  | "created"
  | "established"
  | "closed"
  | "announced"
  | "removed"
  | "subflow-established"
  | "subflow-closed"
  | "subflow-priority"
  | "listener-created"
  | "listener-closed";

/** Addresses may be absent: the kernel sends zero ones for some events. Source: include/uapi/linux/mptcp_pm.h. */
export type PathManagerEvent = {
  type: PathManagerEventType;
  token: number;
  local: SocketAddress | null;
  remote: SocketAddress | null;
  localId: number | null;
  remoteId: number | null;
  isBackup: boolean | null;
  errno: number | null;
  interfaceIndex: number | null;
  resetReason: number | null;
  isServerSide: boolean | null;
};

/** Generic-netlink `mptcp_pm` of the namespace the process was in when it was opened. Every call throws NativeErrorShape. */
export interface PathManager {
  endpoints(): Endpoint[];
  /** Returns the id the kernel gave (or `id` where it was asked for). */
  addEndpoint(endpoint: { address: string; interfaceName: string | null; flags: EndpointFlag[]; id?: number }): number;
  removeEndpoint(id: number): void;
  setEndpointBackup(id: number, isBackup: boolean): void;
  limits(): PathManagerLimits;
  setLimits(limits: PathManagerLimits): void;
  /** Subscribe to connection and subflow events of the whole namespace; returns the unsubscribe function. */
  onEvent(listener: (event: PathManagerEvent) => void): () => void;
  close(): void;
}

export interface MptcpHelper {
  probe(): MptcpSupport;
  createRelayEngine(options: RelayEngineOptions): RelayEngine;
  openPathManager(): PathManager;
}
