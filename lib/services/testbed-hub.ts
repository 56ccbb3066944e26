import { isDeepStrictEqual } from "node:util";
import type { DemoCommand, RunReport, TestbedCommand, TestbedReport } from "@/lib/contracts/demo";
import type { DemoDeviceReport } from "@/lib/contracts/demo-devices";
import type { DemoRun } from "@/lib/contracts/live";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { createLog } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import type { DeviceActor, NodeActor } from "./actor";
import { type DemoDevices, demoDevices } from "./demo-devices";
import { afterReport, endedRun, isActive } from "./demo-run-state";
import { lockActiveRun, readDemoRun, readLatestDemoRun, writeDemoRun } from "./demo-run-store";
import { type LiveHub, liveHub } from "./live-hub";
import { type PeerMessage, type PortalPeers, portalPeers } from "./portal-peers";
import { processSingleton } from "./process-singleton";

const checkEveryMs = 500;
const readEveryMs = 250;
/** How long, in milliseconds, … */
export const defaultTestbedLimits = {
  /** … a testbed or device may be away before its run has failed. */
  goneMs: 10_000,
  /** … it may report no run while it is there and we wait for one. */
  forgottenMs: 3000,
  /** … it may take to confirm that a run is cancelled. */
  cancelMs: 15_000,
  /** … a testbed that went is still shown, so that a reconnect does not flicker. */
  hideMs: 3000,
};

type Push = (command: TestbedCommand) => void;
type Connection = { node: NodeActor; push: Push };

/**
 * The connected testbed, and the one run that it or a device may work on. Changes to the run are made one after the other, and are in the
 * database before they are shown, so that any portal goes on with it.
 */
export class TestbedHub {
  private readonly log = createLog("testbed-hub");
  private connection: Connection | null = null;
  private goneAtMs = Date.now();
  private forgottenSinceMs: number | null = null;
  private cancelAskedAtMs: number | null = null;
  private isReading = false;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly live: LiveHub,
    private readonly peers: PortalPeers,
    private readonly devices: DemoDevices,
    private readonly limits = defaultTestbedLimits,
  ) {
    setInterval(() => this.check(), checkEveryMs).unref();
    peers.describe(() => ({ isWatched: live.isWatched, testbed: this.ownTestbed() }));
    peers.listen((message) => this.hearPeer(message));
  }

  /** Also through another portal. */
  isConnected(): boolean {
    return this.connection !== null || this.peers.testbedElsewhere !== null;
  }

  /** A testbed follows our commands; a newer connection replaces an older one. @returns tells that it is gone */
  connect(node: NodeActor, push: Push): () => void {
    const connection = { node, push };
    this.connection = connection;
    this.live.hearTestbed(node);
    this.peers.sayHere();
    const run = this.live.getRun();
    if (run?.state === "queued" && run.request.device === null)
      push({ type: "run", runId: run.id, request: run.request });
    return () => {
      if (this.connection !== connection) return;
      this.connection = null;
      this.goneAtMs = Date.now();
      this.peers.sayHere();
    };
  }

  /** Do `work` when no other change to the run is under way. */
  serialise<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Whether who works on the run can be told something. */
  hasRunner({ request: { device } }: DemoRun): boolean {
    return device === null ? this.isConnected() : this.devices.isThere(device);
  }

  /** Tell who works on the run, or shall. */
  order(device: string | null, command: DemoCommand): void {
    if (device === null) this.send(command);
    else this.devices.send(device, command);
  }

  send(command: TestbedCommand): void {
    if (this.connection !== null) this.connection.push(command);
    else this.peers.send({ type: "command", command });
  }

  /** The run is another one from now on, in the database as well: every portal shows it. */
  showRun(run: DemoRun): void {
    this.live.setRun(run);
    this.peers.send({ type: "run", runId: run.id });
  }

  /** Ask who works on it to end the run; it reports when it has. */
  askToCancel(run: DemoRun): void {
    this.cancelAskedAtMs ??= Date.now();
    this.order(run.request.device, { type: "cancel", runId: run.id });
  }

  /** Store a run that ends without its runner's word, and tell everybody. `within` may add to the transaction. */
  async endRun(
    run: DemoRun,
    state: "failed" | "cancelled",
    error: string | null,
    within: (transaction: Transaction) => Promise<void> = async () => undefined,
  ): Promise<DemoRun> {
    const ended = endedRun(run, state, error, new Date());
    const isOver = await getDatabase().$transaction(async (transaction) => {
      if (!(await lockActiveRun(transaction, run.id))) return true;
      await writeDemoRun(transaction, ended);
      await within(transaction);
      return false;
    });
    this.cancelAskedAtMs = null;
    this.forgottenSinceMs = null;
    const shown = isOver ? await readDemoRun(run.id) : ended;
    this.showRun(shown);
    return shown;
  }

  async recordReport(node: NodeActor, report: TestbedReport): Promise<void> {
    this.live.hearTestbed(node);
    this.live.setTestbed(report.status);
    const { id, name } = node;
    this.peers.send({ type: "testbed", testbed: { id, name }, status: report.status });
    await this.recordRun(null, report.run, () => ({ testbed: report.status, device: null }));
  }

  async recordDeviceReport(device: DeviceActor, { status, run }: DemoDeviceReport): Promise<void> {
    this.devices.hear(device.id, status);
    await this.recordRun(device.id, run, (known) => ({
      testbed: null,
      device: { ...status, name: known.device?.name ?? device.id },
    }));
  }

  /** Progress of a run as the testbed (null) or a device reports it. Only who was asked to run it is listened to. */
  private async recordRun(
    from: string | null,
    progress: RunReport | null,
    placeOf: (run: DemoRun) => Pick<DemoRun, "testbed" | "device">,
  ): Promise<void> {
    const run = await this.findRun(from, progress);
    if (run === null || progress?.runId !== run.id) return this.noteOtherRun(from, run, progress);
    this.forgottenSinceMs = null;
    const { run: after, news } = afterReport(run, progress, placeOf(run), new Date());
    const isOver = await getDatabase().$transaction(async (transaction) => {
      if (!(await lockActiveRun(transaction, run.id))) return true;
      await writeDemoRun(transaction, after, news);
      return false;
    });
    if (isOver) return this.live.setRun(await readDemoRun(run.id));
    this.peers.send({ type: "run", runId: run.id });
    if (!isActive(after)) this.cancelAskedAtMs = null;
    const isSamePlace = isDeepStrictEqual([after.testbed, after.device], [run.testbed, run.device]);
    if (after.state === run.state && isSamePlace) this.live.updateLanes(after, news);
    else this.live.setRun(after);
  }

  /** The run that this one should work on; null for none. */
  private async findRun(from: string | null, progress: RunReport | null): Promise<DemoRun | null> {
    const known = this.live.getRun();
    // One that another portal began a moment ago is in the database before it is known here.
    const isUnknown = progress?.state === "running" && progress.runId !== known?.id;
    const run = isUnknown ? await readDemoRun(progress.runId).catch(() => known) : known;
    return run !== null && isActive(run) && run.request.device === from ? run : null;
  }

  /** `run`: the one that it should work on; null for none. A device that missed its order gets it again. */
  private noteOtherRun(from: string | null, run: DemoRun | null, progress: RunReport | null): void {
    if (progress?.state === "running") this.order(from, { type: "cancel", runId: progress.runId });
    if (run === null) return;
    if (run.state === "queued" && progress === null && from !== null)
      this.order(from, { type: "run", runId: run.id, request: run.request });
    if (run.state === "running" && progress === null) this.forgottenSinceMs ??= Date.now();
    else this.forgottenSinceMs = null;
  }

  private ownTestbed(): { id: string; name: string } | null {
    if (this.connection === null) return null;
    const { id, name } = this.connection.node;
    return { id, name };
  }

  private hearPeer(message: PeerMessage): void {
    if (message.type === "run") this.readLater(message.runId);
    else if (message.type === "testbed") {
      this.live.hearTestbed(message.testbed);
      this.live.setTestbed(message.status);
    } else if (message.type === "command" && this.connection !== null) {
      if (message.command.type === "cancel") this.cancelAskedAtMs ??= Date.now();
      this.connection.push(message.command);
    }
  }

  /** Another portal changed the run: it is read anew, not more often than a few times a second. */
  private readLater(runId: string): void {
    if (this.isReading) return;
    this.isReading = true;
    const read = async (): Promise<void> => {
      await sleep(readEveryMs);
      this.isReading = false;
      await this.serialise(async () => this.live.setRun(await readDemoRun(runId)));
    };
    read().catch((error: unknown) => this.log.warn({ err: error }, "cannot read a run of another portal"));
  }

  private check(): void {
    const nowMs = Date.now();
    const elsewhere = this.peers.testbedElsewhere;
    if (this.connection === null && elsewhere !== null) {
      this.goneAtMs = nowMs;
      this.live.hearTestbed(elsewhere);
    }
    if (this.connection !== null) this.live.hearTestbed(this.connection.node);
    else if (nowMs - this.goneAtMs > this.limits.hideMs) this.live.setTestbed(null);
    const verdict = this.verdict(nowMs);
    if (verdict === null) return;
    void this.serialise(async () => {
      const run = this.live.getRun();
      if (run !== null && isActive(run) && this.verdict(Date.now()) !== null)
        await this.endRun(run, verdict.state, verdict.error);
    }).catch((error: unknown) => this.log.error({ err: error }, "cannot end a demo run"));
  }

  private verdict(nowMs: number): { state: "failed" | "cancelled"; error: string | null } | null {
    const run = this.live.getRun();
    if (run === null || !isActive(run)) return null;
    const isOver = (sinceMs: number | null, limitMs: number): boolean => sinceMs !== null && nowMs - sinceMs > limitMs;
    const { device } = run.request;
    if (device !== null && this.devices.silentForMs(device, nowMs) > this.limits.goneMs)
      return { state: "failed", error: "The device went away. See that it is on and reaches the portal." };
    if (device === null && !this.isConnected() && isOver(this.goneAtMs, this.limits.goneMs))
      return { state: "failed", error: "The testbed went away. Start it again (twinpath demo) and run once more." };
    if (isOver(this.forgottenSinceMs, this.limits.forgottenMs))
      return {
        state: "failed",
        error: `The ${device === null ? "testbed" : "device"} restarted and lost this run. Run once more.`,
      };
    if (isOver(this.cancelAskedAtMs, this.limits.cancelMs)) return { state: "cancelled", error: null };
    return null;
  }
}

async function makeHub(limits: typeof defaultTestbedLimits): Promise<TestbedHub> {
  const [live, run] = await Promise.all([liveHub(), readLatestDemoRun()]);
  if (live.getRun() === null) live.restoreRun(run);
  return new TestbedHub(live, portalPeers(), demoDevices(), limits);
}

type Holder = { hub: Promise<TestbedHub> | null };

/** The process's testbed hub, made with the run that the database knows. The first caller's limits count. */
export function testbedHub(limits = defaultTestbedLimits): Promise<TestbedHub> {
  const holder = processSingleton<Holder>("testbed-hub", () => ({ hub: null }));
  holder.hub ??= makeHub(limits).catch((error: unknown) => {
    holder.hub = null;
    throw error;
  });
  return holder.hub;
}
