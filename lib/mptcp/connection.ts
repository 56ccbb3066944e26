import { AppError } from "@/lib/shared/errors";
import type { ConnectionId, ConnectOptions, RelayEngine, RelayEvent, Side, SocketAddress, TransportKind } from "./face";

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
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  readonly kind: TransportKind;
  readonly closed: Promise<Closed>;

  /** Bytes that passed through TypeScript: read from the client, written to the client, written upstream. */
  readonly conversation = { clientRead: 0, clientWritten: 0, upstreamWritten: 0 };

  private firstBytes: Buffer | null;
  private isClosed = false;
  private readonly readers = new Map<Side, Waiter<Buffer | null>>();
  private connecting: Waiter<Connected> | null = null;
  private finishClosed: (event: Closed) => void = () => {};

  constructor(
    private readonly engine: RelayEngine,
    accepted: Accepted,
  ) {
    this.id = accepted.connection;
    this.peer = accepted.peer;
    this.local = accepted.local;
    this.kind = accepted.kind;
    this.firstBytes = accepted.data;
    this.conversation.clientRead = accepted.data.length;
    this.closed = new Promise((resolve) => {
      this.finishClosed = resolve;
    });
  }

  /** The next chunk of a side in conversation; null at its end. One read per side at a time. */
  read(side: Side): Promise<Buffer | null> {
    const { firstBytes } = this;
    if (side === "client" && firstBytes !== null) {
      this.firstBytes = null;
      return Promise.resolve(firstBytes);
    }
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(this.gone());
      this.readers.set(side, { resolve, reject });
      this.engine.read(this.id, side);
    });
  }

  write(side: Side, bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.conversation[side === "client" ? "clientWritten" : "upstreamWritten"] += bytes.length;
    this.engine.write(this.id, side, bytes);
  }

  /** Dial the upstream end. Errors: AppError with the errno's name as code (`ECONNREFUSED`, …). */
  connect(options: ConnectOptions): Promise<Connected> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(this.gone());
      this.connecting = { resolve, reject };
      this.engine.connect(this.id, options);
    });
  }

  relay(options?: { uploadLimitBytes?: number }): void {
    if (!this.isClosed) this.engine.relay(this.id, options);
  }

  close(how: "flush" | "reset"): void {
    if (!this.isClosed) this.engine.close(this.id, how);
  }

  /** For the dispatcher alone. */
  handle(event: Exclude<RelayEvent, Accepted | { type: "sampled" }>): void {
    switch (event.type) {
      case "data":
        if (event.side === "client") this.conversation.clientRead += event.data.length;
        this.settleRead(event.side, event.data);
        return;
      case "end":
        this.settleRead(event.side, null);
        return;
      case "connected":
        this.connecting?.resolve({ local: event.local, remote: event.remote, kind: event.kind });
        this.connecting = null;
        return;
      case "connect-failed":
        this.connecting?.reject(new AppError(event.code, `connect failed: ${event.code}`));
        this.connecting = null;
        return;
      case "upload-limit":
        return;
      case "closed":
        this.isClosed = true;
        for (const waiter of [...this.readers.values(), this.connecting]) waiter?.reject(this.gone());
        this.readers.clear();
        this.finishClosed(event);
    }
  }

  private settleRead(side: Side, data: Buffer | null): void {
    const waiter = this.readers.get(side);
    this.readers.delete(side);
    waiter?.resolve(data);
  }

  private gone(): AppError {
    return new AppError("CONNECTION_GONE", "The connection was closed.");
  }
}
