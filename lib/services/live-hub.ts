import type { TestbedStatus } from "@/lib/contracts/demo";
import type { DemoRun, LiveEvent, LiveNode, LiveRate } from "@/lib/contracts/live";
import type { ShownNodeOrder } from "@/lib/contracts/nodes";
import { type NodeStatus, nodeStatusSchema, type TelemetryBatch } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { FanOut } from "./fan-out";
import { showNodeOrders } from "./node-orders";
import { processSingleton } from "./process-singleton";
import { RateMeter } from "./rate-meter";

const historyMs = 120_000;
const silenceMs = 3000;
const minEmitMs = 200;
/** With several nodes a rate waits for the news of all of them, but no longer than this. */
const maxWaitMs = 400;
const nodeEventMs = 1000;
const watchedReportMs = 200;
const idleReportMs = 1000;

/** What is live of a node's report. */
export type LiveBatch = Pick<TelemetryBatch, "epoch" | "succeeds" | "sequence" | "at" | "node" | "totals">;

export type NumberedLiveEvent = { id: number; event: LiveEvent };
type NodeEntry = {
  node: LiveNode;
  heardAtMs: number;
  toldAtMs: number;
  /** Of its process; null where none was heard. */
  epoch: string | null;
  /** Processes that were taken over from, by epoch. */
  retiring: Map<string, { status: NodeStatus; heardAtMs: number }>;
};

/** What is heard of a node. */
type News = Omit<LiveNode, "retiring" | "order" | "rate"> & { epoch: string | null; succeeds?: string | null };

const activeStates: ReadonlySet<DemoRun["state"]> = new Set(["queued", "running"]);

/** What everybody who looks at the portal sees at this moment. One per process; times in milliseconds. */
export class LiveHub {
  private readonly fan = new FanOut<NumberedLiveEvent>();
  private readonly meter = new RateMeter();
  private readonly nodes = new Map<string, NodeEntry>();
  private rates: LiveRate[] = [];
  private testbed: TestbedStatus | null = null;
  private run: DemoRun | null = null;
  /** Grows over restarts of the portal too. */
  private sequence = Date.now();
  private emittedAtMs = 0;
  private emitTimer: NodeJS.Timeout | null = null;

  constructor(nodes: readonly LiveNode[]) {
    for (const node of nodes) this.nodes.set(node.id, { node, toldAtMs: 0, ...noProcess() });
    setInterval(() => this.markSilentNodes(Date.now()), 250).unref();
  }

  /** Fast while somebody watches or a run is going. */
  reportEveryMs(): number {
    const isWatched = this.fan.size > 0 || (this.run !== null && activeStates.has(this.run.state));
    return isWatched ? watchedReportMs : idleReportMs;
  }

  /** Everything known now, and from here on every change, with nothing between the two lost or told twice. */
  watch(listener: (event: NumberedLiveEvent) => void): { snapshot: NumberedLiveEvent; stop: () => void } {
    const event: LiveEvent = {
      type: "snapshot",
      at: new Date().toISOString(),
      rates: [...this.rates],
      nodes: [...this.nodes.values()].map(({ node }) => node),
      testbed: this.testbed,
      run: this.run,
    };
    return { snapshot: { id: this.sequence, event }, stop: this.fan.listen(listener) };
  }

  /** Whether somebody looks at the live pages of this process. */
  get isWatched(): boolean {
    return this.fan.size > 0;
  }

  recordBatch(source: { id: string; name: string; starts: number }, batch: LiveBatch): void {
    this.meter.add(source.id, batch);
    const { epoch, succeeds, node: status } = batch;
    const lastSeenAt = new Date().toISOString();
    this.hearNode({ ...source, kind: "proxy", health: "up", lastSeenAt, status, epoch, succeeds });
    this.emitWhenDue();
  }

  /** A report of a process that another one of its node has taken over from. */
  recordRetiring(nodeId: string, batch: LiveBatch): void {
    const entry = this.nodes.get(nodeId);
    if (entry === undefined) return;
    const isNews = !entry.retiring.has(batch.epoch);
    entry.retiring.set(batch.epoch, { status: batch.node, heardAtMs: Date.now() });
    this.meter.add(nodeId, batch);
    if (isNews) this.show(entry);
    this.emitWhenDue();
  }

  hasOrder(nodeId: string): boolean {
    return this.nodes.get(nodeId)?.node.order != null;
  }

  /** Nodes have these orders now. */
  setOrders(orders: ReadonlyMap<string, ShownNodeOrder>): void {
    for (const [id, order] of orders) {
      const entry = this.nodes.get(id);
      if (entry === undefined || entry.node.order?.revision === order.revision) continue;
      entry.node = { ...entry.node, order, name: order.profile.name };
      this.show(entry);
      if (!order.isRevoked) continue;
      this.nodes.delete(id);
      this.meter.keep(id, []);
    }
  }

  /** A testbed is up while it is connected or reports. */
  hearTestbed(source: { id: string; name: string }, starts?: number): void {
    const known = this.nodes.get(source.id)?.node;
    const lastSeenAt = new Date().toISOString();
    const { id, name } = source;
    this.hearNode({
      id,
      name,
      kind: "testbed",
      health: "up",
      lastSeenAt,
      starts: starts ?? known?.starts ?? 0,
      status: null,
      epoch: null,
    });
  }

  setTestbed(testbed: TestbedStatus | null): void {
    const isSame = JSON.stringify(testbed) === JSON.stringify(this.testbed);
    this.testbed = testbed;
    if (!isSame) this.send({ type: "testbed", testbed });
  }

  getTestbed(): TestbedStatus | null {
    return this.testbed;
  }

  getRun(): DemoRun | null {
    return this.run;
  }

  /** Set without telling: what the database had when this process began. */
  restoreRun(run: DemoRun | null): void {
    this.run = run;
  }

  setRun(run: DemoRun): void {
    this.run = run;
    this.send({ type: "run", run });
  }

  /** The lanes of the run as they are now; only what is new in each is sent. */
  updateLanes(run: DemoRun, news: DemoRun["lanes"]): void {
    this.run = run;
    for (const lane of news) this.send({ type: "lane", runId: run.id, lane });
  }

  private send(event: LiveEvent): void {
    this.sequence += 1;
    this.fan.send({ id: this.sequence, event });
  }

  private hearNode({ epoch, succeeds = null, ...news }: News): void {
    const heardAtMs = Date.now();
    const before = this.nodes.get(news.id);
    const isNews =
      before?.node.health !== "up" ||
      before.node.starts !== news.starts ||
      before.node.status?.state !== news.status?.state ||
      before.node.status?.order.revision !== news.status?.order.revision ||
      before.node.status?.order.restarts !== news.status?.order.restarts;
    const entry: NodeEntry = before ?? {
      node: { ...news, retiring: [], order: null, rate: null },
      toldAtMs: 0,
      ...noProcess(),
    };
    entry.node = { ...entry.node, ...news };
    entry.heardAtMs = heardAtMs;
    this.nodes.set(news.id, entry);
    if (epoch !== null && epoch !== entry.epoch) {
      const left = succeeds !== null && succeeds === entry.epoch ? [succeeds] : [];
      this.meter.keep(news.id, [epoch, ...left, ...entry.retiring.keys()]);
      entry.epoch = epoch;
    }
    if (isNews || heardAtMs - entry.toldAtMs >= nodeEventMs) this.show(entry);
  }

  private show(entry: NodeEntry): void {
    entry.toldAtMs = Date.now();
    const retiring = [...entry.retiring.values()].map(({ status }) => status);
    entry.node = { ...entry.node, retiring, rate: this.meter.rateOf(entry.node.id) };
    this.send({ type: "node", node: entry.node });
  }

  private markSilentNodes(nowMs: number): void {
    for (const entry of this.nodes.values()) {
      this.forgetRetired(entry, nowMs);
      if (entry.node.health === "down" || nowMs - entry.heardAtMs < silenceMs) continue;
      entry.node = { ...entry.node, health: "down", rate: null };
      this.send({ type: "node", node: entry.node });
      if (entry.node.kind !== "proxy") continue;
      this.meter.keep(entry.node.id, [...entry.retiring.keys()]);
      entry.epoch = null;
      this.emit(nowMs);
    }
  }

  private forgetRetired(entry: NodeEntry, nowMs: number): void {
    const before = entry.retiring.size;
    for (const [epoch, { heardAtMs }] of entry.retiring)
      if (nowMs - heardAtMs >= silenceMs) entry.retiring.delete(epoch);
    if (entry.retiring.size === before) return;
    this.meter.keep(entry.node.id, [...(entry.epoch === null ? [] : [entry.epoch]), ...entry.retiring.keys()]);
    this.show(entry);
  }

  private emitWhenDue(): void {
    if (this.emitTimer !== null && !this.meter.isComplete()) return;
    if (this.emitTimer !== null) clearTimeout(this.emitTimer);
    const waitMs = this.meter.isComplete() ? minEmitMs : maxWaitMs;
    const inMs = Math.max(0, this.emittedAtMs + waitMs - Date.now());
    this.emitTimer = setTimeout(() => this.emit(Date.now()), inMs);
  }

  private emit(nowMs: number): void {
    if (this.emitTimer !== null) clearTimeout(this.emitTimer);
    this.emitTimer = null;
    this.emittedAtMs = nowMs;
    const rate = this.meter.take(new Date(nowMs));
    this.rates.push(rate);
    const oldest = nowMs - historyMs;
    const firstKept = this.rates.findIndex(({ at }) => Date.parse(at) >= oldest);
    if (firstKept > 0) this.rates = this.rates.slice(firstKept);
    this.send({ type: "rate", rate });
  }
}

function noProcess(): Pick<NodeEntry, "heardAtMs" | "epoch" | "retiring"> {
  return { heardAtMs: 0, epoch: null, retiring: new Map() };
}

async function loadNodes(): Promise<LiveNode[]> {
  const orders = await showNodeOrders(null);
  const rows = await getDatabase().node.findMany({ where: { revokedAt: null }, orderBy: { id: "asc" } });
  return rows.map(({ id, name, kind, lastSeenAt, starts, status }) => ({
    id,
    name,
    kind,
    health: "down",
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
    starts,
    status: nodeStatusSchema.safeParse(status).data ?? null,
    retiring: [],
    order: orders.get(id) ?? null,
    rate: null,
  }));
}

type Holder = { hub: Promise<LiveHub> | null };

/** The process's hub, made with what the database knows. */
export function liveHub(): Promise<LiveHub> {
  const holder = processSingleton<Holder>("live-hub", () => ({ hub: null }));
  holder.hub ??= loadNodes().then(
    (nodes) => new LiveHub(nodes),
    (error: unknown) => {
      holder.hub = null;
      throw error;
    },
  );
  return holder.hub;
}
