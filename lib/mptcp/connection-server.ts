import { Connection } from "./connection";
import type {
  ConnectionId,
  ConnectionSample,
  EngineStats,
  Listener,
  ListenOptions,
  MptcpHelper,
  RelayEngine,
  RelayEngineOptions,
  RelayEvent,
  Side,
} from "./face";

export type ConnectionServerOptions = Omit<RelayEngineOptions, "onEvents"> & {
  /** Serves one connection; must handle its own errors. */
  serve: (connection: Connection) => void;
};

/** A relay engine whose events arrive as `Connection` objects. */
export class ConnectionServer {
  private readonly engine: RelayEngine;
  private readonly connections = new Map<ConnectionId, Connection>();
  private readonly samplings = new Map<number, (samples: ConnectionSample[]) => void>();
  private lastRequest = 0;
  private isStopped = false;

  constructor(
    helper: MptcpHelper,
    private readonly options: ConnectionServerOptions,
  ) {
    const { serve: _, ...engineOptions } = options;
    this.engine = helper.createRelayEngine({
      ...engineOptions,
      onEvents: (events) => {
        for (const event of events) this.dispatch(event);
      },
    });
  }

  listen(options: ListenOptions): Listener {
    return this.engine.listen(options);
  }

  closeListener(id: number): void {
    this.engine.closeListener(id);
  }

  /** Counters of all connections, with the transports of these sides; none once the server has stopped. */
  sample(sides: Side[]): Promise<ConnectionSample[]> {
    if (this.isStopped) return Promise.resolve([]);
    this.lastRequest += 1;
    const request = this.lastRequest;
    return new Promise((resolve) => {
      this.samplings.set(request, resolve);
      this.engine.sample(request, null, sides);
    });
  }

  stats(): EngineStats {
    return this.engine.stats();
  }

  /** Close every connection and end the threads. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.engine.stop();
    for (const resolve of this.samplings.values()) resolve([]);
    this.samplings.clear();
  }

  private dispatch(event: RelayEvent): void {
    if (event.type === "sampled") {
      this.samplings.get(event.request)?.(event.samples);
      this.samplings.delete(event.request);
    } else if (event.type === "accepted") {
      const connection = new Connection(this.engine, event);
      this.connections.set(connection.id, connection);
      this.options.serve(connection);
    } else {
      this.connections.get(event.connection)?.handle(event);
      if (event.type === "closed") this.connections.delete(event.connection);
    }
  }
}
