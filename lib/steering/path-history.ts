import type { PathManagerEvent, PathReading, PathsReading } from "@/lib/mptcp/face";
import type { DestroyCause } from "@/lib/policy";
import type { AccessKind } from "@/lib/policy/policy-input";
import { endOfEvent, endsKey, type KnownPath, type PathEnd } from "./known-path";
import type { PathCause, SteeringEvent } from "./steering-event";

/** The kernel tells why a path went about when a reading shows that it is gone: wait for the reason this long. */
const reasonWaitMs = 50;
/** An address that comes back within this time was away for a moment; later, it is a new one. */
const recoveredWithinMs = 120_000;

type Told = Pick<SteeringEvent, "kind" | "cause" | "actor">;

function keyOf({ subflow: { local, remote } }: KnownPath): string {
  return endsKey(local, remote);
}

/** Follows the paths of one session by readings and by what the path manager says, and tells what happens to them. */
export class PathHistory {
  /** By subflow id. */
  readonly paths = new Map<number, KnownPath>();
  private remoteIds: Map<string, number> | null = null;
  /** Subflows that were made backups before a reading showed them. */
  private backupFromStart: Set<string> | null = null;
  /** The other end's addresses that were lost, and how. */
  private lost: Map<string, { atMs: number; isStall: boolean }> | null = null;
  private moving: { from: number; end: PathEnd; ackedBytes: Map<number, number> } | null = null;
  private hasFallenBack = false;

  constructor(
    private readonly accessOf: (subflow: Pick<KnownPath["subflow"], "local" | "remote">) => AccessKind,
    private readonly tell: (event: SteeringEvent) => void,
  ) {}

  /** Take a reading; returns the paths that are new in it. */
  follow(reading: PathsReading, nowMs: number): KnownPath[] {
    if (reading.kind === "tcp-fallback" && !this.hasFallenBack) {
      this.hasFallenBack = true;
      this.say(null, { kind: "fallback", cause: "options-stripped", actor: "kernel" });
    }
    const added: KnownPath[] = [];
    for (const path of reading.paths) {
      const known = this.paths.get(path.id);
      if (known !== undefined) update(known, path);
      else if (path.isEstablished) added.push(this.add(reading.token, path, nowMs));
    }
    if (reading.kind === "mptcp") this.findGone(reading, nowMs);
    this.findMoved();
    return added;
  }

  /** Something the path manager told of this session. */
  note(event: PathManagerEvent, nowMs: number): void {
    if (event.type === "removed") this.noteRemoved(event, nowMs);
    if (event.local === null || event.remote === null) return;
    const key = endsKey(event.local, event.remote);
    const path = this.byKey(key);
    if (event.remoteId !== null && event.type !== "subflow-closed") {
      this.remoteIds ??= new Map();
      this.remoteIds.set(key, event.remoteId);
    }
    if (event.type === "subflow-closed" && path !== undefined) path.end ??= endOfEvent(event);
    if (event.type === "subflow-priority" && path !== undefined && event.isBackup !== null) {
      path.isPeerBackup = event.isBackup;
      this.say(path, { kind: "priority-changed", cause: "device-asked", actor: "agent" });
    }
  }

  /** A path that no reading has shown yet was made a backup. */
  madeBackup(key: string): void {
    this.backupFromStart ??= new Set();
    this.backupFromStart.add(key);
  }

  destroyed(path: KnownPath, cause: DestroyCause): void {
    path.destroyCause = cause;
    path.end = { cause, actor: "proxy" };
    this.say(path, { kind: "stalled", cause, actor: "proxy" });
    this.beginMove(path, path.end);
  }

  /** Switching to and fro within a share is how it is held, and not worth telling. */
  markedBackup(path: KnownPath, isBackup: boolean, cause: PathCause): void {
    path.isBackup = isBackup;
    if (cause === "share-used" || cause === "share-free") return;
    this.say(path, { kind: "priority-changed", cause, actor: "policy" });
  }

  /** The session is over: so are its paths. */
  end(): void {
    for (const path of this.paths.values())
      if (path.isOpen || path.goneSinceMs !== null)
        this.close(path, path.end ?? { cause: "session-ended", actor: "kernel" });
  }

  private byKey(key: string): KnownPath | undefined {
    for (const path of this.paths.values()) if (path.isOpen && keyOf(path) === key) return path;
    return undefined;
  }

  private add(token: number, reading: PathReading, nowMs: number): KnownPath {
    const ends = reading.ends();
    const key = endsKey(ends.local, ends.remote);
    const path: KnownPath = {
      id: reading.id,
      access: this.accessOf(ends),
      subflow: { token, ...ends },
      link: null,
      isOpen: true,
      hasBegun: false,
      isBackup: this.backupFromStart?.delete(key) ?? false,
      isPeerBackup: false,
      bytesPerSecond: null,
      ackedBytes: reading.ackedBytes,
      newBytes: 0,
      waitingBytes: 0,
      destroyCause: null,
      end: null,
      goneSinceMs: null,
    };
    const isFirst = this.paths.size === 0;
    this.paths.set(path.id, path);
    const lost = this.lost?.get(ends.remote.address);
    this.lost?.delete(ends.remote.address);
    if (lost !== undefined && nowMs - lost.atMs < recoveredWithinMs)
      this.say(path, { kind: "recovered", cause: lost.isStall ? "stall-over" : "address-back", actor: "agent" });
    else this.say(path, { kind: "joined", cause: isFirst ? "connected" : "device-joined", actor: "agent" });
    if (path.isBackup) this.say(path, { kind: "priority-changed", cause: "wifi-first", actor: "policy" });
    return path;
  }

  private noteRemoved({ remoteId }: PathManagerEvent, nowMs: number): void {
    for (const path of this.paths.values()) {
      const isFirst = path === this.paths.values().next().value;
      if ((this.remoteIds?.get(keyOf(path)) ?? (isFirst ? 0 : null)) !== remoteId) continue;
      path.end ??= { cause: "address-withdrawn", actor: "agent" };
      this.noteLost(path, nowMs);
    }
  }

  private noteLost({ subflow, destroyCause }: KnownPath, atMs: number): void {
    this.lost ??= new Map();
    this.lost.set(subflow.remote.address, { atMs, isStall: destroyCause !== null });
  }

  private findGone(reading: PathsReading, nowMs: number): void {
    for (const path of this.paths.values()) {
      if (!path.isOpen && path.goneSinceMs === null) continue;
      if (reading.paths.some(({ id, isEstablished }) => id === path.id && isEstablished)) continue;
      path.isOpen = false;
      path.goneSinceMs ??= nowMs;
      if (path.end === null && nowMs - path.goneSinceMs < reasonWaitMs) continue;
      this.close(path, path.end ?? { cause: "peer-closed", actor: "agent" });
      this.noteLost(path, nowMs);
    }
  }

  private close(path: KnownPath, end: PathEnd): void {
    path.isOpen = false;
    path.goneSinceMs = null;
    this.say(path, { kind: "closed", ...end });
    if (path.destroyCause === null && path.waitingBytes > 0 && end.cause !== "session-ended") this.beginMove(path, end);
  }

  private beginMove(path: KnownPath, end: PathEnd): void {
    const others = [...this.paths.values()].filter((other) => other !== path && other.isOpen);
    this.moving = { from: path.id, end, ackedBytes: new Map(others.map(({ id, ackedBytes }) => [id, ackedBytes])) };
  }

  private findMoved(): void {
    if (this.moving === null) return;
    for (const [id, ackedBytes] of this.moving.ackedBytes) {
      const path = this.paths.get(id);
      if (path === undefined || !path.isOpen || path.ackedBytes <= ackedBytes) continue;
      const { cause } = this.moving.end;
      this.moving = null;
      this.say(path, { kind: "moved", cause, actor: "kernel" });
      return;
    }
  }

  private say(path: KnownPath | null, told: Told): void {
    this.tell({ atMs: Date.now(), subflowId: path?.id ?? null, access: path?.access ?? null, ...told });
  }
}

function update(known: KnownPath, reading: PathReading): void {
  known.newBytes = reading.ackedBytes - known.ackedBytes;
  known.ackedBytes = reading.ackedBytes;
  known.waitingBytes = Math.max(0, reading.sentBytes - reading.ackedBytes) + reading.notSentBytes;
}
