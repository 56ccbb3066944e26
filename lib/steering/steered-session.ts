import type {
  ConnectionId,
  PathManagerEvent,
  PathReading,
  PathsReading,
  SubflowAddress,
  TransportKind,
} from "@/lib/mptcp/face";
import {
  type LinkReading,
  type SteeringAction,
  SteeringController,
  type SteeringSettings,
  type SubflowReading,
} from "@/lib/policy";
import type { AccessKind } from "@/lib/policy/policy-input";
import { RateEstimate } from "@/lib/policy/steering/rate-estimate";
import { endsKey, type KnownPath } from "./known-path";
import type { KnownRates } from "./known-rates";
import type { LinkUse } from "./link-use";
import { PathHistory } from "./path-history";
import type { SteeringEvent } from "./steering-event";

/** What of a service class steers a session. */
export type SteeringClass = Omit<SteeringSettings, "canPace"> & {
  /** Over all sessions of the subscriber; null means no cap. */
  readonly lteRateBytesPerSecond: number | null;
};

export type SteeredConnection = {
  readonly id: ConnectionId;
  /** Sessions with the same key share the LTE cap, and WiFi's sufficiency. */
  readonly subscriber: string;
  readonly accessOf: (subflow: Pick<SubflowAddress, "local" | "remote">) => AccessKind;
  readonly onEvent: (event: SteeringEvent) => void;
};

/** An order with the path it is about. */
export type PathOrder = { session: SteeredSession; path: KnownPath; action: SteeringAction };

/** What the subscriber's sessions mean for one of them. */
export type SubscriberShare = { lteLimitBytesPerSecond: number | null; otherWifiBytesPerSecond: number };

/** The subscriber of a session (SubscriberPaths). */
type Subscriber = {
  readonly sessions: { readonly size: number };
  shareOf(session: SteeredSession, nowMs: number): SubscriberShare;
  linkOf(subflow: Pick<SubflowAddress, "local" | "remote">): LinkUse;
};

/** When sessions were read, and how often they are at present. */
export type ReadingTime = { nowMs: number; everyMs: number };

/** After the last byte a session is looked at closely for this long: what steering began, it ends. */
const awakeMs = 1000;

const nothing: readonly PathOrder[] = [];

/** One session under steering: its paths, its controller, and what they said last. */
export class SteeredSession {
  readonly id: ConnectionId;
  readonly subscriber: string;
  token = 0;
  kind: TransportKind | null = null;
  awakeUntilMs = 0;
  readMs = Number.NEGATIVE_INFINITY;
  /** To be read at once, whatever its turn. */
  isWanted = true;
  /** Sent over LTE so far, and WiFi's rate: what the subscriber's sessions share. */
  lteSentBytes = 0;
  // Most sessions have one path and little to say: what only others need comes with the need.
  private lteSentByPath: Map<number, number> | null = null;
  private wifi: RateEstimate | null = null;
  private controller: SteeringController | null = null;
  private readonly history: PathHistory;

  constructor(
    private readonly connection: SteeredConnection,
    public steering: SteeringClass,
    private readonly canPace: boolean,
  ) {
    this.id = connection.id;
    this.subscriber = connection.subscriber;
    this.history = new PathHistory(connection.accessOf, connection.onEvent);
  }

  /** Another class, or another content of it: in force from the next step on. */
  setClass(steering: SteeringClass): void {
    this.steering = steering;
    this.controller?.setSettings({ ...steering, canPace: this.canPace });
  }

  /** Its paths by the kernel's subflow id, closed ones included. */
  get paths(): ReadonlyMap<number, Readonly<KnownPath>> {
    return this.history.paths;
  }

  get hasLte(): boolean {
    for (const path of this.history.paths.values()) if (path.isOpen && path.access === "lte") return true;
    return false;
  }

  /** Open paths; one alone is not steered, and needs no close look. */
  get openPaths(): number {
    let open = 0;
    for (const path of this.history.paths.values()) if (path.isOpen) open += 1;
    return open;
  }

  wifiBytesPerSecond(nowMs: number): number {
    return nowMs - this.readMs > awakeMs ? 0 : (this.wifi?.bytesPerSecond ?? 0);
  }

  isAwake(nowMs: number): boolean {
    return nowMs < this.awakeUntilMs;
  }

  wake(nowMs: number): void {
    this.awakeUntilMs = nowMs + awakeMs;
  }

  /** Take a reading; true where paths are new. `step` says what to do about it. */
  read(reading: PathsReading, subscriber: Subscriber, nowMs: number): boolean {
    this.token = reading.token;
    this.kind = reading.kind;
    const sinceMs = Number.isFinite(this.readMs) ? nowMs - this.readMs : 0;
    this.readMs = nowMs;
    const added = this.history.follow(reading, nowMs);
    let wifiBytes = 0;
    let isBusy = reading.unsentBytes > 0;
    for (const path of reading.paths) {
      const known = this.history.paths.get(path.id);
      if (known === undefined) continue;
      if (known.access === "lte") this.countLte(path.id, path.sentBytes);
      else wifiBytes += known.newBytes;
      known.link ??= subscriber.linkOf(known.subflow);
      known.link.add(Math.max(0, known.newBytes), nowMs);
      if (known.newBytes > 0 || (known.isOpen && known.waitingBytes > 1)) isBusy = true;
    }
    if (sinceMs > 0 && (wifiBytes > 0 || this.wifi !== null)) {
      this.wifi ??= new RateEstimate(500);
      this.wifi.add(wifiBytes, sinceMs);
    }
    if (isBusy || added.length > 0) this.wake(nowMs);
    return added.length > 0;
  }

  /** What to do now; mostly nothing. What its paths deliver, and what may leave at once on new ones, is of `knownRates`. */
  step(
    reading: PathsReading,
    subscriber: Subscriber,
    knownRates: KnownRates,
    { nowMs, everyMs }: ReadingTime,
  ): readonly PathOrder[] {
    const { paths } = this.history;
    if (reading.kind === null || reading.kind === "tcp-fallback") return nothing;
    if (this.controller === null && reading.paths.length < 2 && !this.hasLte) return nothing;
    this.controller ??= new SteeringController({ ...this.steering, canPace: this.canPace });
    const subflows: SubflowReading[] = [];
    for (const path of reading.paths) {
      const known = paths.get(path.id);
      if (known === undefined) continue;
      const isBeginning = !known.hasBegun && path.srttMs > 0;
      const start = isBeginning
        ? knownRates.startBytes(this.subscriber, known.access, path.srttMs, subscriber.sessions.size, nowMs)
        : null;
      known.hasBegun ||= isBeginning;
      // A path that has sent as much needs no help.
      const startBytes = start !== null && path.sentBytes < start ? start : null;
      subflows.push(readingOf(path, known, startBytes, known.link));
    }
    const { lteLimitBytesPerSecond, otherWifiBytesPerSecond } = subscriber.shareOf(this, nowMs);
    const { unsentBytes } = reading;
    const all = { nowMs, everyMs, unsentBytes, subflows, lteLimitBytesPerSecond, otherWifiBytesPerSecond };
    const actions = this.controller.step(all);
    for (const { id, access, isEstablished } of subflows) {
      const rate = isEstablished ? this.controller.freeRate(id) : null;
      if (rate !== null) knownRates.note(this.subscriber, access, rate, nowMs);
    }
    if (actions.length === 0) return nothing;
    return actions.flatMap((action) => {
      const path = paths.get(action.subflowId);
      return path === undefined ? [] : [{ session: this, path, action }];
    });
  }

  /** What each path's socket may hold from now on, in bytes; null: as before. */
  takeSendBound(): number | null {
    return this.controller?.takeSendBound() ?? null;
  }

  /** Something the path manager told of it. */
  note(event: PathManagerEvent, nowMs: number): void {
    this.history.note(event, nowMs);
    this.wake(nowMs);
  }

  /** True where a path that has just joined must carry nothing at first. */
  mustHold({ local, remote }: Pick<SubflowAddress, "local" | "remote">): boolean {
    if (this.steering.steering === "aggregate" || this.connection.accessOf({ local, remote }) !== "lte") return false;
    for (const path of this.history.paths.values()) if (path.isOpen && path.access !== "lte") return true;
    return false;
  }

  /** The path manager was asked to hold it, before any reading showed it. */
  held({ local, remote }: Pick<SubflowAddress, "local" | "remote">): void {
    this.history.madeBackup(endsKey(local, remote));
  }

  /** The order was carried out. */
  done({ path, action }: PathOrder): void {
    if (action.kind === "rate") path.bytesPerSecond = action.bytesPerSecond;
    else if (action.kind === "backup") this.history.markedBackup(path, action.isBackup, action.cause);
    else this.history.destroyed(path, action.cause);
  }

  end(): void {
    this.history.end();
  }

  private countLte(id: number, sentBytes: number): void {
    this.lteSentByPath ??= new Map();
    const before = this.lteSentByPath.get(id) ?? 0;
    this.lteSentByPath.set(id, sentBytes);
    this.lteSentBytes += Math.max(0, sentBytes - before);
  }
}

function readingOf(
  path: PathReading,
  { access, isBackup, destroyCause }: KnownPath,
  startBytes: number | null,
  link: LinkReading | null,
): SubflowReading {
  const isEstablished = path.isEstablished && destroyCause === null;
  const { id, sentBytes, ackedBytes, deliveredBytes, receivedBytes, notSentBytes, srttMs, rttVarMs } = path;
  return {
    id,
    access,
    isEstablished,
    isBackup,
    sentBytes,
    ackedBytes,
    deliveredBytes,
    receivedBytes,
    notSentBytes,
    srttMs,
    rttVarMs,
    startBytes,
    link,
  };
}
