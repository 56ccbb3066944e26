import type { Log } from "@/lib/shared/log";
import type { Link } from "./links";
import type { ProbeAnswer } from "./probe-path";

export type PathState =
  /** The link is there and was not tried yet. */
  | "untried"
  /** The proxy answered over it when last asked. */
  | "healthy"
  /** Something did not go as it should: it is being asked. */
  | "suspect"
  /** The proxy does not answer over it, though the link is there. */
  | "silent"
  /** It answers again, too slowly to be worth using. */
  | "weak"
  /** No carrier or no address. */
  | "no-link";

/** A path to the proxy as the agent sees it. Times are milliseconds since 1970. */
export type PathStatus = Link & {
  state: PathState;
  since: number;
  /** What made it so; null where nothing is wrong. */
  reason: string | null;
  /** Of the last answer, and of the quickest since the link has this address. */
  rttMs: number | null;
  bestRttMs: number | null;
  /** Where MPTCP's options do not pass on this path: not asked again before. */
  strippedUntil: number | null;
};

/** Times in `…Ms` are those of `performance.now()`, which a step of the clock does not move. */
type Path = PathStatus & {
  sinceMs: number;
  strippedUntilMs: number;
  answeredMs: number;
  askedMs: number;
  unansweredSinceMs: number | null;
  waiting: number;
};

export type PathHealthOptions = {
  links: readonly Link[];
  /** Asks the proxy from that address. */
  probe: (address: string) => Promise<ProbeAnswer>;
  /** Whether white-listed traffic runs, or did a moment ago. */
  isBusy: () => boolean;
  /** The path answered: it may be used from now on, or still. */
  onAnswer: (path: PathStatus, wasAway: boolean) => void;
  /** The proxy answers over none of the links that there are. */
  onSilent?: () => void;
  log: Log;
};

const tickMs = 50;
const silentAfterMs = 500;
const suspectProofMs = 250;
/** TCP repeats its SYN after a second: an answer after longer tells nothing of the round trip. */
const repeatMs = 1000;
/** A path that was away counts as weak while an answer takes longer than this, and this many times its best. */
const weakMs = 250;
const weakFactor = 5;
const strippedMs = 600_000;
const maxWaiting = 6;
/** Between two probes, by state: while traffic runs, and while none does. */
const everyMs: Record<PathState, { busy: number; idle: number }> = {
  untried: { busy: 0, idle: 0 },
  healthy: { busy: 2000, idle: Number.POSITIVE_INFINITY },
  suspect: { busy: 100, idle: 200 },
  silent: { busy: 200, idle: 5000 },
  weak: { busy: 500, idle: 5000 },
  "no-link": { busy: Number.POSITIVE_INFINITY, idle: Number.POSITIVE_INFINITY },
};
/** An untried path is tried once, then as often as a suspect one. */
const rank: Record<PathState, number> = { healthy: 0, untried: 0, suspect: 1, weak: 2, silent: 3, "no-link": 4 };

/**
 * Which paths reach the proxy now. A healthy path is asked now and then while traffic runs; one that is in doubt often,
 * until it answers or proves silent; a silent one until it is back. Costs one TCP handshake a probe.
 */
export class PathHealth {
  private readonly paths: Path[];
  private readonly timer: NodeJS.Timeout;
  /** Grows when another proxy is asked: answers of the one before count no longer. */
  private round = 0;

  constructor(private readonly options: PathHealthOptions) {
    this.paths = options.links.map((link) => ({
      ...link,
      state: link.address === null ? "no-link" : "untried",
      since: Date.now(),
      reason: null,
      rttMs: null,
      strippedUntil: null,
      bestRttMs: null,
      sinceMs: performance.now(),
      strippedUntilMs: Number.NEGATIVE_INFINITY,
      answeredMs: Number.NEGATIVE_INFINITY,
      askedMs: Number.NEGATIVE_INFINITY,
      unansweredSinceMs: null,
      waiting: 0,
    }));
    this.timer = setInterval(() => this.tick(), tickMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  status(): PathStatus[] {
    const nowMs = performance.now();
    return this.paths.map(({ access, name, address, state, since, reason, rttMs, bestRttMs, ...path }) => ({
      ...{ access, name, address, state, since, reason, rttMs, bestRttMs },
      strippedUntil: path.strippedUntilMs > nowMs ? path.strippedUntil : null,
    }));
  }

  /** Paths with a link, those that promise most first, in the order of the settings where they promise the same. */
  inOrder(): PathStatus[] {
    const paths = this.status().filter(({ address }) => address !== null);
    const isStripped = (path: PathStatus): number => (path.strippedUntil === null ? 0 : 1);
    return paths.sort((one, other) => rank[one.state] - rank[other.state] || isStripped(one) - isStripped(other));
  }

  /** Whether a further subflow from this address is worth a try. */
  isUsable(address: string): boolean {
    const path = this.find(address);
    return path !== undefined && (path.state === "healthy" || path.state === "untried");
  }

  /** Another proxy is asked from here on: every path is a new one. */
  restart(): void {
    this.round += 1;
    for (const path of this.paths) if (path.address !== null) this.setLink(path);
  }

  /** The link has another address, or none. A new address is a new path: what was known does not count. */
  setLink({ access, name, address }: Link): void {
    const path = this.paths.find((one) => one.access === access && one.name === name);
    if (path === undefined) return;
    Object.assign(path, { address, rttMs: null, bestRttMs: null, unansweredSinceMs: null });
    path.strippedUntilMs = Number.NEGATIVE_INFINITY;
    path.askedMs = Number.NEGATIVE_INFINITY;
    this.turn(path, address === null ? "no-link" : "untried", address === null ? "no carrier or no address" : null);
    this.tick();
  }

  /** The proxy answered over this address, by a probe or by a connection that was needed anyway. */
  answered(address: string, rttMs: number): void {
    const path = this.find(address);
    if (path === undefined) return;
    path.answeredMs = performance.now();
    path.unansweredSinceMs = null;
    if (rttMs < repeatMs) {
      path.rttMs = rttMs;
      path.bestRttMs = Math.min(path.bestRttMs ?? rttMs, rttMs);
    }
    const wasAway = path.state === "silent" || path.state === "weak";
    const isSlow = rttMs > Math.max(weakMs, weakFactor * (path.bestRttMs ?? weakMs));
    if (wasAway && isSlow) this.turn(path, "weak", `it answers only after ${Math.round(rttMs)} ms`);
    else this.turn(path, "healthy", null);
    if (path.state === "healthy") this.options.onAnswer(path, wasAway);
  }

  /** Bytes went over this address: as good as an answer. */
  carried(address: string): void {
    const path = this.find(address);
    if (path === undefined) return;
    // What was on its way before it was suspected proves nothing.
    if (path.state === "suspect" && performance.now() - path.sinceMs > suspectProofMs) this.turn(path, "healthy", null);
    if (path.state !== "healthy") return;
    path.answeredMs = performance.now();
    path.unansweredSinceMs = null;
  }

  /** Something on this path did not work: ask it at once, and prefer others until it answers. */
  suspect(address: string, reason: string): void {
    const path = this.find(address);
    if (path === undefined || path.state === "silent" || path.state === "weak") return;
    if (path.state === "suspect") return;
    this.turn(path, "suspect", reason);
    path.unansweredSinceMs = null;
    path.askedMs = Number.NEGATIVE_INFINITY;
    this.tick();
  }

  /** MPTCP was asked for over this path and plain TCP came back: others are preferred for a while. */
  stripped(address: string): void {
    const path = this.find(address);
    if (path === undefined) return;
    const nowMs = performance.now();
    if (path.strippedUntilMs < nowMs)
      this.options.log.warn({ access: path.access, address }, "MPTCP does not pass on this path");
    path.strippedUntilMs = nowMs + strippedMs;
    path.strippedUntil = Date.now() + strippedMs;
  }

  /** MPTCP passes on this path. */
  passes(address: string): void {
    const path = this.find(address);
    if (path !== undefined) path.strippedUntilMs = Number.NEGATIVE_INFINITY;
  }

  private find(address: string): Path | undefined {
    return this.paths.find((path) => path.address === address);
  }

  private tick(): void {
    const now = performance.now();
    const isBusy = this.options.isBusy();
    for (const path of this.paths) {
      const { address, unansweredSinceMs } = path;
      if (address === null) continue;
      if (unansweredSinceMs !== null && now - unansweredSinceMs >= silentAfterMs && path.state !== "silent")
        this.turn(path, "silent", `the proxy has not answered for ${silentAfterMs} ms`);
      const every = everyMs[path.state === "untried" && path.waiting > 0 ? "suspect" : path.state];
      const isDue = now - Math.max(path.askedMs, path.answeredMs) >= (isBusy ? every.busy : every.idle);
      if (isDue && path.waiting < maxWaiting) void this.ask(path, address, now);
    }
  }

  private async ask(path: Path, address: string, now: number): Promise<void> {
    path.askedMs = now;
    path.unansweredSinceMs ??= now;
    path.waiting += 1;
    const { round } = this;
    const answer = await this.options.probe(address);
    path.waiting -= 1;
    if (path.address !== address || round !== this.round) return;
    if ("rttMs" in answer) this.answered(address, answer.rttMs);
    else if (answer.isFinal && path.state !== "silent") this.turn(path, "silent", answer.reason);
  }

  private turn(path: Path, state: PathState, reason: string | null): void {
    if (path.state === state) return;
    const { access, address } = path;
    if (state !== "suspect" && path.state !== "untried")
      this.options.log.info({ access, address, state, reason }, "path");
    path.state = state;
    path.reason = reason;
    path.since = Date.now();
    path.sinceMs = performance.now();
    if (state !== "silent") return;
    const linked = this.paths.filter(({ address: known }) => known !== null);
    if (linked.every((one) => one.state === "silent")) this.options.onSilent?.();
  }
}
