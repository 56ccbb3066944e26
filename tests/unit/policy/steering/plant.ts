import type { AccessKind } from "@/lib/policy";
import type { SteeringAction, SteeringReading, SubflowReading } from "@/lib/policy/steering/steering-types";

/**
 * One link: its rate over time in Mbit/s, round trip without queue, and how long its queue is. `isPausing`: congestion
 * control keeps the link all but empty then, as bbr does to learn the round trip.
 */
export type Link = {
  access: AccessKind;
  mbps: (atMs: number) => number;
  rttMs: number | ((atMs: number) => number);
  queueMs: number;
  isPausing?: (atMs: number) => boolean;
};

/** The two links of the deployment figure at these rates. */
export function lteAndWifi(lteMbps: number, wifiMbps: number): [lte: Link, wifi: Link] {
  return [
    { access: "lte", mbps: () => lteMbps, rttMs: 40, queueMs: 60 },
    { access: "wifi", mbps: () => wifiMbps, rttMs: 15, queueMs: 60 },
  ];
}

const stepMs = 5;
const segment = 1448;
const chunk = 65_536;

/**
 * One subflow of a simple kernel: slow start, then a window that grows by a segment a round trip's worth and falls by a
 * third where the queue overflows; pacing that loses a few per cent; bytes that wait on the subflow.
 */
class PlantSubflow {
  isBackup: boolean;
  isOpen = true;
  pace: number | null = null;
  unsentLimit: number | null = null;
  inFlightLimit: number | null = null;
  waiting = 0;
  sent = 0;
  acked = 0;
  delivered = 0;
  queue = 0;
  srtt: number;
  rttVar = 0;
  private window = 10 * segment;
  private isStarting = true;
  private paceCredit = 0;
  /** Bytes the link's queue holds. */
  private room = 20_000;
  /** The window falls at most once a round trip. */
  private cutMs = 0;
  private readonly acks: { atMs: number; bytes: number }[] = [];

  constructor(
    readonly id: number,
    readonly link: Link,
    readonly paceGain: number,
    isBackup: boolean,
  ) {
    this.isBackup = isBackup;
    this.srtt = this.rttAt(0);
  }

  private rttAt(nowMs: number): number {
    const { rttMs } = this.link;
    return typeof rttMs === "number" ? rttMs : rttMs(nowMs);
  }

  get inFlight(): number {
    return this.sent - this.acked;
  }

  /** How long what it was given would take, as the default scheduler sees it; infinite where it takes no more. */
  get linger(): number {
    if (this.waiting >= (this.unsentLimit ?? 2_500_000)) return Number.POSITIVE_INFINITY;
    const rate = Math.max((this.window * 1000) / this.srtt, 1);
    return (this.waiting + this.inFlight) / Math.min(rate, this.pace ?? rate);
  }

  step(nowMs: number, noise: () => number): void {
    const capacity = ((this.link.mbps(nowMs) * 125_000 * stepMs) / 1000) * (1 + 0.1 * (noise() - 0.5));
    const isPausing = this.link.isPausing?.(nowMs) ?? false;
    const window = isPausing ? 4 * segment : Math.min(this.window, this.inFlightLimit ?? Number.POSITIVE_INFINITY);
    let budget = Math.max(0, window - this.inFlight);
    if (this.pace !== null) {
      const grant = (this.pace * this.paceGain * stepMs) / 1000;
      this.paceCredit = Math.min(this.paceCredit + grant, Math.max(2 * segment, 2 * grant));
      budget = Math.min(budget, this.paceCredit);
    }
    const out = Math.min(this.waiting, budget);
    this.waiting -= out;
    this.sent += out;
    this.paceCredit = this.pace === null ? 0 : this.paceCredit - out;
    this.queue += out;
    const through = Math.min(this.queue, capacity);
    this.queue -= through;
    this.delivered += through;
    if (through > 0) this.acks.push({ atMs: nowMs + this.rttAt(nowMs), bytes: through });
    this.dropOverflow(nowMs, capacity);
    this.takeAcks(nowMs, capacity);
  }

  private dropOverflow(nowMs: number, capacity: number): void {
    if (capacity > 0) this.room = Math.max(20_000, (capacity / stepMs) * this.link.queueMs);
    if (this.queue <= this.room) return;
    const lost = this.queue - this.room;
    this.queue = this.room;
    this.sent -= lost;
    this.waiting += lost;
    if (nowMs - this.cutMs < this.srtt) return;
    this.cutMs = nowMs;
    this.isStarting = false;
    this.window = Math.max(4 * segment, 0.7 * this.window);
  }

  private takeAcks(nowMs: number, capacity: number): void {
    for (let [first] = this.acks; first !== undefined && first.atMs <= nowMs; [first] = this.acks) {
      this.acks.shift();
      this.acked += first.bytes;
      const isUsed = this.inFlight > 0.8 * this.window;
      if (isUsed || this.isStarting)
        this.window += this.isStarting ? first.bytes : (8 * segment * first.bytes) / this.window;
      const rtt = this.rttAt(nowMs) + (capacity > 0 ? (this.queue / capacity) * stepMs : 0);
      this.rttVar = 0.95 * this.rttVar + 0.05 * Math.abs(rtt - this.srtt);
      this.srtt = 0.95 * this.srtt + 0.05 * rtt;
    }
  }

  reading(): SubflowReading {
    return {
      id: this.id,
      access: this.link.access,
      isEstablished: this.isOpen,
      isBackup: this.isBackup,
      sentBytes: Math.round(this.sent),
      ackedBytes: Math.round(this.acked),
      deliveredBytes: Math.round(this.acked),
      receivedBytes: 0,
      notSentBytes: Math.round(this.waiting),
      srttMs: this.srtt,
      rttVarMs: this.rttVar,
      startBytes: null,
      link: null,
    };
  }
}

export type Sample = { atMs: number; lte: number; rest: number };

/** A sender with several paths, an application behind it, and the kernel's default scheduler. */
export class Plant {
  nowMs = 0;
  unsent = 0;
  readonly subflows: PlantSubflow[] = [];
  readonly samples: Sample[] = [];
  readonly log: (SteeringAction & { atMs: number })[] = [];
  lteLimit: number | null = null;
  private gone = { lte: 0, rest: 0 };
  private state: number;

  /** @param appMbps null: as much as the paths take */
  constructor(
    private readonly appMbps: ((atMs: number) => number) | null,
    private readonly paceGain = 0.96,
    seed = 1,
  ) {
    this.state = seed;
  }

  join(link: Link, isBackup = false): PlantSubflow {
    const subflow = new PlantSubflow(this.subflows.length + 1, link, this.paceGain, isBackup);
    this.subflows.push(subflow);
    return subflow;
  }

  private noise = (): number => {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.state / 2 ** 32;
  };

  step(): void {
    this.nowMs += stepMs;
    if (this.appMbps === null) this.unsent = Math.max(this.unsent, 4_000_000);
    else this.unsent = Math.min(4_000_000, this.unsent + (this.appMbps(this.nowMs) * 125_000 * stepMs) / 1000);
    this.schedule();
    for (const subflow of this.subflows) if (subflow.isOpen) subflow.step(this.nowMs, this.noise);
    if (this.nowMs % 50 === 0) this.samples.push({ atMs: this.nowMs, ...this.deliveredBytes() });
  }

  private schedule(): void {
    const open = this.subflows.filter(({ isOpen }) => isOpen);
    const active = open.filter(({ isBackup }) => !isBackup);
    const usable = active.length > 0 ? active : open;
    while (this.unsent > 0) {
      const [best] = usable.filter(({ linger }) => linger < 1e9).sort((left, right) => left.linger - right.linger);
      if (best === undefined) return;
      const bytes = Math.min(chunk, this.unsent);
      this.unsent -= bytes;
      best.waiting += bytes;
    }
  }

  deliveredBytes(): { lte: number; rest: number } {
    const sum = { ...this.gone };
    for (const { isOpen, link, delivered } of this.subflows)
      if (isOpen) sum[link.access === "lte" ? "lte" : "rest"] += delivered;
    return sum;
  }

  reading(everyMs = 10): SteeringReading {
    return {
      nowMs: this.nowMs,
      everyMs,
      unsentBytes: Math.round(this.unsent),
      subflows: this.subflows.filter(({ isOpen }) => isOpen).map((subflow) => subflow.reading()),
      lteLimitBytesPerSecond: this.lteLimit,
      otherWifiBytesPerSecond: 0,
    };
  }

  act(actions: readonly SteeringAction[]): void {
    for (const action of actions) {
      this.log.push({ ...action, atMs: this.nowMs });
      const subflow = this.subflows.find(({ id }) => id === action.subflowId);
      if (subflow === undefined) continue;
      if (action.kind === "backup") subflow.isBackup = action.isBackup;
      else if (action.kind === "rate") {
        subflow.pace = action.bytesPerSecond;
        subflow.unsentLimit = action.unsentLimitBytes;
        subflow.inFlightLimit = action.inFlightLimitBytes;
      } else this.remove(subflow);
    }
  }

  /** The subflow is reset; what it had not delivered goes back to the session. */
  remove(subflow: PlantSubflow): void {
    subflow.isOpen = false;
    this.unsent += subflow.waiting + subflow.queue;
    this.gone[subflow.link.access === "lte" ? "lte" : "rest"] += subflow.delivered;
  }

  /** Run for a while, asking the controller every `everyMs`. */
  run(durationMs: number, everyMs: number, step: (reading: SteeringReading) => readonly SteeringAction[]): void {
    const endMs = this.nowMs + durationMs;
    while (this.nowMs < endMs) {
      this.step();
      if (this.nowMs % everyMs === 0) this.act(step(this.reading(everyMs)));
    }
  }
}

/** LTE's share in per cent over every window of `windowMs` from `fromMs` on. */
export function shares(samples: readonly Sample[], fromMs: number, windowMs = 3000): number[] {
  const result: number[] = [];
  for (const [index, start] of samples.entries()) {
    const end = samples[index + windowMs / 50];
    if (start.atMs < fromMs || end === undefined) continue;
    const lte = end.lte - start.lte;
    result.push((100 * lte) / Math.max(1, lte + end.rest - start.rest));
  }
  return result;
}

/** Mbit/s of all paths together between two moments. */
export function totalMbps(samples: readonly Sample[], fromMs: number, toMs: number): number {
  const start = samples.find(({ atMs }) => atMs >= fromMs);
  const end = samples.find(({ atMs }) => atMs >= toMs) ?? samples.at(-1);
  if (start === undefined || end === undefined) return Number.NaN;
  return ((end.lte + end.rest - start.lte - start.rest) * 0.008) / (end.atMs - start.atMs);
}
