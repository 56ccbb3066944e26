import { Connection } from "./connection";
import type {
  ConnectionId,
  ConnectionSample,
  EngineBounds,
  EngineStats,
  Listener,
  ListenerBox,
  ListenOptions,
  MptcpHelper,
  PathsReading,
  RateLimit,
  RateLimitId,
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
  private readonly pathSamplings = new Map<number, (readings: PathsReading[]) => void>();
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

  /** Accept from a socket that another process put into the box. See RelayEngine, here and below. */
  adoptListener(box: ListenerBox, mptcp: boolean): Listener {
    return this.engine.adoptListener(box, mptcp);
  }

  giveListener(id: number, boxPath: string): void {
    this.engine.giveListener(id, boxPath);
  }

  leaveListener(id: number): void {
    this.engine.leaveListener(id);
  }

  closeListener(id: number): void {
    this.engine.closeListener(id);
  }

  setBounds(bounds: EngineBounds): void {
    this.engine.setBounds(bounds);
  }

  /** Make a limit or change it, at once also for the connections that have it. See RelayEngine. */
  setRateLimit(limit: RateLimitId, rate: RateLimit): void {
    this.engine.setRateLimit(limit, rate);
  }

  /** Free every connection of the limit and forget it. */
  dropRateLimit(limit: RateLimitId): void {
    this.engine.dropRateLimit(limit);
  }

  /** Counters of these connections (null: of all), with the transports of these sides; none once the server has stopped. */
  sample(sides: Side[], connections: ConnectionId[] | null = null): Promise<ConnectionSample[]> {
    return this.ask(sides, connections, "all");
  }

  /** The same of those that relayed bytes lately: idle connections cost nothing. */
  sampleMoved(sides: Side[]): Promise<ConnectionSample[]> {
    return this.ask(sides, null, "moved");
  }

  private ask(sides: Side[], connections: ConnectionId[] | null, which: "all" | "moved"): Promise<ConnectionSample[]> {
    if (this.isStopped) return Promise.resolve([]);
    this.lastRequest += 1;
    const request = this.lastRequest;
    return new Promise((resolve) => {
      this.samplings.set(request, resolve);
      this.engine.sample(request, connections, sides, which);
    });
  }

  /**
   * One side's paths of these connections; null: of those that relayed bytes since their paths were read last. None once
   * the server has stopped.
   */
  samplePaths(side: Side, connections: readonly ConnectionId[] | null): Promise<PathsReading[]> {
    if (this.isStopped) return Promise.resolve([]);
    this.lastRequest += 1;
    const request = this.lastRequest;
    return new Promise((resolve) => {
      this.pathSamplings.set(request, resolve);
      this.engine.samplePaths(request, connections, side);
    });
  }

  /** See RelayEngine; a connection that is gone is ignored. */
  boundSendBuffer(connection: ConnectionId, side: Side, bytes: number): void {
    if (!this.isStopped) this.engine.boundSendBuffer(connection, side, bytes);
  }

  stats(): EngineStats {
    return this.engine.stats();
  }

  /** Close every connection and end the threads. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.engine.stop();
    for (const resolve of this.samplings.values()) resolve([]);
    for (const resolve of this.pathSamplings.values()) resolve([]);
    this.samplings.clear();
    this.pathSamplings.clear();
  }

  private dispatch(event: RelayEvent): void {
    if (event.type === "sampled") {
      this.samplings.get(event.request)?.(event.samples);
      this.samplings.delete(event.request);
    } else if (event.type === "paths") {
      this.pathSamplings.get(event.request)?.(event.readings);
      this.pathSamplings.delete(event.request);
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
