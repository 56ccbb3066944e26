import { AppError } from "@/lib/shared/errors";
import { ConnectRace } from "./connect-race";
import type {
  ConnectionId,
  ConnectOptions,
  RateLimitId,
  RelayEngine,
  RelayEvent,
  Side,
  SocketAddress,
  TransportKind,
} from "./face";

type Closed = Extract<RelayEvent, { type: "closed" }>;
type Accepted = Extract<RelayEvent, { type: "accepted" }>;
type Connected = Omit<Extract<RelayEvent, { type: "connected" }>, "type" | "connection">;
type Waiter<T> = { resolve: (value: T) => void; reject: (error: Error) => void };

/**
 * One connection of the relay engine as promises, so that a session reads as one function from top to bottom.
 * Every pending promise rejects with AppError CONNECTION_GONE when the connection closes.
 */
export class Connection {
  readonly id: ConnectionId;
  /** The listener that took it. */
  readonly listener: number;
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  readonly kind: TransportKind;
  /** On a transparent listener where the program wanted to go: `local` itself where nothing redirected it. Else null. */
  readonly originalDestination: SocketAddress | null;
  /** Bytes that passed through TypeScript: read from the client, written to the client, written upstream. */
  readonly conversation = { clientRead: 0, clientWritten: 0, upstreamWritten: 0 };

  /** How we closed it; null where it ended, or will, by itself. */
  closedHow: "flush" | "reset" | null = null;

  private firstBytes: Buffer | null;
  private readonly readers: Record<Side, Waiter<Buffer | null> | null> = { client: null, upstream: null };
  private connecting: Waiter<Connected> | null = null;
  private race: ConnectRace | null = null;
  private withSynBytes = 0;
  private answerBytes = 0;
  private onConnected: ((connected: Connected) => void) | null = null;
  private readonly limited: Record<Side, Waiter<void> | null> = { client: null, upstream: null };
  private readonly closers: ((event: Closed) => void)[] = [];
  private closedBy: Closed | null = null;

  constructor(
    private readonly engine: RelayEngine,
    accepted: Accepted,
  ) {
    this.id = accepted.connection;
    this.peer = accepted.peer;
    this.local = accepted.local;
    this.kind = accepted.kind;
    this.listener = accepted.listener;
    this.originalDestination = accepted.originalDestination;
    this.firstBytes = accepted.data.length > 0 ? accepted.data : null;
    this.conversation.clientRead = accepted.data.length;
  }

  /** Resolves once the connection has closed. */
  get closed(): Promise<Closed> {
    return new Promise((resolve) => this.onClosed(resolve));
  }

  /** Be told when the connection closes; at once where it has. Cheaper than `closed` for thousands of them. */
  onClosed(listener: (event: Closed) => void): void {
    if (this.closedBy === null) this.closers.push(listener);
    else listener(this.closedBy);
  }

  private get isClosed(): boolean {
    return this.closedBy !== null;
  }

  /** The client's first bytes where nobody has read them; null otherwise. */
  takeFirstBytes(): Buffer | null {
    const { firstBytes } = this;
    this.firstBytes = null;
    return firstBytes;
  }

  /** The next chunk of a side in conversation; null at its end. One read per side at a time. */
  read(side: Side): Promise<Buffer | null> {
    const firstBytes = side === "client" ? this.takeFirstBytes() : null;
    if (firstBytes !== null) return Promise.resolve(firstBytes);
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(this.gone());
      this.readers[side] = { resolve, reject };
      this.engine.read(this.id, side);
    });
  }

  write(side: Side, bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.conversation[side === "client" ? "clientWritten" : "upstreamWritten"] += bytes.length;
    this.engine.write(this.id, side, bytes);
  }

  /**
   * Dial the upstream end. Errors: AppError with the errno's name as code (`ECONNREFUSED`, …).
   *
   * @param onConnected called before anything that comes after it, where the promise's turn comes later
   */
  connect(options: ConnectOptions, onConnected: ((connected: Connected) => void) | null = null): Promise<Connected> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(this.gone());
      this.connecting = { resolve, reject };
      this.onConnected = onConnected;
      this.withSynBytes = options.withSyn?.length ?? 0;
      this.answerBytes = options.answer?.length ?? 0;
      this.engine.connect(this.id, options);
    });
  }

  /**
   * Dial these addresses, each a while after the one before, until one answers (RFC 8305 §5); `remote` says which did.
   * All of it takes `timeoutMs` at the most. `onConnected` as of `connect`. Errors: those of `connect`, of the address that
   * failed last.
   */
  connectFirst(
    addresses: readonly string[],
    options: Omit<ConnectOptions, "address" | "withSyn">,
    onConnected: ((connected: Connected) => void) | null = null,
    attemptDelayMs?: number,
  ): Promise<Connected> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(this.gone());
      this.connecting = { resolve, reject };
      this.onConnected = onConnected;
      this.withSynBytes = 0;
      this.answerBytes = options.answer?.length ?? 0;
      this.race = new ConnectRace(
        addresses,
        (address, isFirst) =>
          isFirst
            ? this.engine.connect(this.id, { ...options, address })
            : this.engine.connectBeside(this.id, { ...options, address }),
        attemptDelayMs,
      );
    });
  }

  /**
   * Relay the download alone. Once it resolves no read of the client is under way any more: one that was has brought its
   * bytes by then, or never will.
   */
  relayDownload(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(this.gone());
      this.limited.client = { resolve, reject };
      this.engine.relay(this.id, { uploadLimitBytes: 0 });
    });
  }

  /** Give the client bytes of the destination's answer: they count as relayed. */
  answer(bytes: Uint8Array): void {
    if (!this.isClosed) this.engine.write(this.id, "client", bytes, true);
  }

  /** Relay so many bytes of one side; resolves once they were passed on. See RelayEngine. */
  pass(source: Side, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(this.gone());
      this.limited[source] = { resolve, reject };
      this.engine.pass(this.id, source, bytes);
    });
  }

  /** The destination is done with; another one may be dialled. A read of it that is under way never ends. */
  hangUp(): void {
    this.readers.upstream = null;
    if (!this.isClosed) this.engine.hangUp(this.id);
  }

  relay(options?: { uploadLimitBytes?: number }): void {
    if (!this.isClosed) this.engine.relay(this.id, options);
  }

  /** Take the relayed bytes from this limit of the server from now on; null frees the connection. */
  limit(limit: RateLimitId | null): void {
    if (!this.isClosed) this.engine.limitConnection(this.id, limit);
  }

  close(how: "flush" | "reset"): void {
    if (this.isClosed) return;
    this.closedHow = how;
    this.engine.close(this.id, how);
  }

  /** For the dispatcher alone. */
  handle(event: Exclude<RelayEvent, Accepted | { type: "sampled" } | { type: "paths" }>): void {
    switch (event.type) {
      case "data":
        if (event.side === "client") this.conversation.clientRead += event.data.length;
        this.settleRead(event.side, event.data);
        return;
      case "end":
        this.settleRead(event.side, null);
        return;
      case "connected":
        this.conversation.upstreamWritten += this.withSynBytes;
        this.endRace();
        this.conversation.clientWritten += this.answerBytes;
        this.onConnected?.(event);
        this.onConnected = null;
        this.connecting?.resolve({ local: event.local, remote: event.remote, kind: event.kind });
        this.connecting = null;
        return;
      case "connect-failed":
        if (this.race?.failed() === false) return;
        this.endRace();
        this.connecting?.reject(new AppError(event.code, `connect failed: ${event.code}`));
        this.connecting = null;
        this.onConnected = null;
        return;
      case "upload-limit":
        this.settleLimited("client");
        return;
      case "download-limit":
        this.settleLimited("upstream");
        return;
      case "closed":
        this.closedBy = event;
        this.endRace();
        for (const { client, upstream } of [this.readers, this.limited]) {
          client?.reject(this.gone());
          upstream?.reject(this.gone());
        }
        this.connecting?.reject(this.gone());
        this.readers.client = null;
        this.readers.upstream = null;
        for (const listener of this.closers.splice(0)) listener(event);
    }
  }

  private endRace(): void {
    this.race?.end();
    this.race = null;
  }

  private settleRead(side: Side, data: Buffer | null): void {
    const waiter = this.readers[side];
    this.readers[side] = null;
    waiter?.resolve(data);
  }

  private settleLimited(source: Side): void {
    this.limited[source]?.resolve();
    this.limited[source] = null;
  }

  private gone(): AppError {
    return new AppError("CONNECTION_GONE", "The connection was closed.");
  }
}
