import type {
  ConnectionId,
  PathManager,
  PathManagerEvent,
  PathManagerEventType,
  PathsReading,
  SubflowPacer,
} from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import type { KnownPath } from "./known-path";
import { KnownRates } from "./known-rates";
import { PaceBatch } from "./pace-batch";
import { type PathOrder, type SteeredConnection, SteeredSession, type SteeringClass } from "./steered-session";
import { SubscriberPaths } from "./subscriber-paths";

/** Busy sessions are read this often; with many of them, as often as this many readings a second allow. */
const readEveryMs = 10;
const readingsPerSecond = 2000;
/** A session with one path only has nothing to choose. */
const calmEveryMs = 100;
/** How often all others are asked whether bytes moved; a look costs microseconds. */
const lookEveryMs = 50;
const looksPerSecond = 200_000;
/** After something happened, the next reading comes this soon. */
const soonMs = 2;

/** Those about single paths: the beginning and end of connections show otherwise, and are most of all events. */
const steeredEvents: readonly PathManagerEventType[] = [
  "announced",
  "removed",
  "subflow-established",
  "subflow-closed",
  "subflow-priority",
];

export type SteeringLoopOptions = {
  /** Null: of those that relayed bytes since (ConnectionServer.samplePaths of the side that is steered). */
  samplePaths: (connections: readonly ConnectionId[] | null) => Promise<PathsReading[]>;
  /** Absent abilities are null: then what takes them is left undone. */
  pathManager: Pick<PathManager, "setSubflowBackup" | "destroySubflow" | "onEvent"> | null;
  pacer: Pick<SubflowPacer, "setRates"> | null;
  /** Of the side that is steered (ConnectionServer.boundSendBuffer). */
  boundSendBuffer: (connection: ConnectionId, bytes: number) => void;
  log: Log;
};

/**
 * Steers all sessions of one engine: reads their paths, steps their controllers and carries out what these order. One
 * timer, one request of readings and one call of the pacer at a time, whatever the number of sessions.
 */
export class SteeringLoop {
  private readonly sessions = new Map<ConnectionId, SteeredSession>();
  private readonly byToken = new Map<number, SteeredSession>();
  private readonly subscribers = new Map<string, SubscriberPaths>();
  private readonly knownRates = new KnownRates();
  private readonly paces: PaceBatch | null;
  /** Orders about paths whose rates wait, the latest of each: the rate comes first. */
  private waiting = new Map<KnownPath, PathOrder>();
  private readonly stopEvents: () => void;
  private timer: NodeJS.Timeout | null = null;
  private dueMs = Number.POSITIVE_INFINITY;
  private running: Promise<void> | null = null;
  private isWanted = false;
  private lookedMs = Number.NEGATIVE_INFINITY;
  /** When all sessions with bytes under way were read last, and how many there were. */
  private roundMs = Number.NEGATIVE_INFINITY;
  private awake = 0;
  private isStopped = false;
  private isFailing = false;

  constructor(private readonly options: SteeringLoopOptions) {
    this.paces = options.pacer === null ? null : new PaceBatch(options.pacer);
    this.stopEvents = options.pathManager?.onEvent((event) => this.onPathEvent(event), steeredEvents) ?? (() => {});
  }

  /** Steer this session from now on, until `remove`. */
  add(connection: SteeredConnection, steering: SteeringClass): SteeredSession {
    const session = new SteeredSession(connection, steering, this.paces !== null);
    this.sessions.set(session.id, session);
    const subscriber = this.subscribers.get(session.subscriber) ?? new SubscriberPaths();
    this.subscribers.set(session.subscriber, subscriber);
    subscriber.sessions.add(session);
    this.look(session);
    return session;
  }

  /** The session has another class, or its class another content: at once. */
  setClass(session: SteeredSession, steering: SteeringClass): void {
    const capBefore = session.steering.lteRateBytesPerSecond;
    session.setClass(steering);
    if (capBefore !== steering.lteRateBytesPerSecond) this.subscribers.get(session.subscriber)?.changed();
    this.look(session);
  }

  /** The session has ended; its last events are told. */
  remove(session: SteeredSession): void {
    session.end();
    this.sessions.delete(session.id);
    if (this.byToken.get(session.token) === session) this.byToken.delete(session.token);
    const subscriber = this.subscribers.get(session.subscriber);
    subscriber?.remove(session);
    if (subscriber?.sessions.size === 0) this.subscribers.delete(session.subscriber);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopEvents();
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  private look(session: SteeredSession): void {
    session.wake(performance.now());
    session.isWanted = true;
    this.schedule(soonMs);
  }

  private onPathEvent(event: PathManagerEvent): void {
    const session = this.byToken.get(event.token);
    if (session === undefined) return;
    const { local, remote, token } = event;
    session.note(event, performance.now());
    if (
      event.type === "subflow-established" &&
      local !== null &&
      remote !== null &&
      session.mustHold({ local, remote })
    )
      if (this.tryOrder(() => this.options.pathManager?.setSubflowBackup({ token, local, remote }, true)))
        session.held({ local, remote });
    this.look(session);
  }

  private schedule(ms: number): void {
    if (this.isStopped) return;
    if (this.running !== null) {
      this.isWanted ||= ms <= soonMs;
      return;
    }
    const dueMs = performance.now() + ms;
    if (this.timer !== null && this.dueMs <= dueMs) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.dueMs = dueMs;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.running = this.tick().then((nextMs) => {
        this.running = null;
        const isWanted = this.isWanted;
        this.isWanted = false;
        if (this.sessions.size > 0) this.schedule(isWanted ? soonMs : nextMs);
      });
    }, ms);
  }

  /** @returns when to look again */
  private async tick(): Promise<number> {
    const began = performance.now();
    const due = this.takeDue(began);
    try {
      const mustLook = began - this.lookedMs >= Math.max(lookEveryMs, (this.sessions.size * 1000) / looksPerSecond);
      if (mustLook) this.lookedMs = began;
      const [readings, moved] = await Promise.all([
        due.length > 0 ? this.options.samplePaths(due) : [],
        mustLook ? this.options.samplePaths(null) : [],
      ]);
      this.steer([...readings, ...moved.filter(({ connection }) => !this.sessions.get(connection)?.isAwake(began))]);
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.options.log.error({ reason: errorMessage(error) }, "steering failed");
      this.isFailing = true;
    }
    if (this.awake === 0) return lookEveryMs;
    return Math.max(1, this.roundMs + this.roundEveryMs - performance.now());
  }

  private get roundEveryMs(): number {
    return Math.max(readEveryMs, (this.awake * 1000) / readingsPerSecond);
  }

  /** Those to be read now: all with bytes under way when their turn has come; else those about which something was told. */
  private takeDue(nowMs: number): ConnectionId[] {
    const isRound = nowMs - this.roundMs >= this.roundEveryMs - 1;
    const due: ConnectionId[] = [];
    let awake = 0;
    for (const session of this.sessions.values()) {
      if (!session.isAwake(nowMs)) continue;
      awake += 1;
      const isTurn = isRound && (session.openPaths !== 1 || nowMs - session.readMs >= calmEveryMs);
      if (isTurn || session.isWanted) due.push(session.id);
      session.isWanted = false;
    }
    if (isRound) this.roundMs = nowMs;
    this.awake = awake;
    return due;
  }

  private steer(readings: readonly PathsReading[]): void {
    const nowMs = performance.now();
    const time = { nowMs, everyMs: this.roundEveryMs };
    for (const reading of readings) {
      const session = this.sessions.get(reading.connection);
      const subscriber = session && this.subscribers.get(session.subscriber);
      if (session === undefined || subscriber === undefined) continue;
      const hasNewPaths = session.read(reading, subscriber, nowMs);
      if (hasNewPaths) subscriber.changed();
      if (session.token !== 0) this.byToken.set(session.token, session);
    }
    for (const reading of readings) {
      const session = this.sessions.get(reading.connection);
      const subscriber = session && this.subscribers.get(session.subscriber);
      if (session === undefined || subscriber === undefined) continue;
      const orders = session.step(reading, subscriber, this.knownRates, time);
      for (const order of orders) this.take(order);
      const bound = session.takeSendBound();
      if (bound !== null) this.options.boundSendBuffer(session.id, bound);
    }
    this.carryOut(nowMs);
  }

  private take(order: PathOrder): void {
    if (order.action.kind === "rate") this.paces?.add(order);
    else this.waiting.set(order.path, order);
  }

  /** Rates first: a path that is let on has its rate by then. Other orders wait for nothing. */
  private carryOut(nowMs: number): void {
    this.paces?.flush(nowMs);
    for (const [path, order] of this.waiting) {
      if (isLetOn(order) && this.paces?.isWaiting(path)) continue;
      this.waiting.delete(path);
      this.execute(order);
    }
  }

  private execute(order: PathOrder): void {
    const { path, action, session } = order;
    const { pathManager } = this.options;
    if (pathManager === null || path.subflow.token === 0) {
      if (action.kind === "backup") path.isBackup = action.isBackup;
      return;
    }
    const isDone = this.tryOrder(() => {
      if (action.kind === "backup") pathManager.setSubflowBackup(path.subflow, action.isBackup);
      else if (action.kind === "destroy") pathManager.destroySubflow(path.subflow);
    });
    if (isDone) session.done(order);
  }

  /** A subflow that is gone refuses orders: that is no fault. */
  private tryOrder(order: () => void): boolean {
    try {
      order();
      return true;
    } catch (error) {
      this.options.log.debug({ reason: errorMessage(error) }, "an order about a path was refused");
      return false;
    }
  }
}

function isLetOn({ action }: PathOrder): boolean {
  return action.kind === "backup" && !action.isBackup;
}
