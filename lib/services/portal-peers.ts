import * as z from "zod";
import { deviceCommandSchema, testbedCommandSchema, testbedStatusSchema } from "@/lib/contracts/demo";
import { demoDeviceStatusSchema } from "@/lib/contracts/demo-devices";
import { batchFieldsSchema } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { listenToPeers, maxPayloadBytes, notifyPeers } from "@/lib/db/database-events";
import { errorMessage } from "@/lib/shared/errors";
import { newShortId } from "@/lib/shared/ids";
import { createLog } from "@/lib/shared/log";
import { FanOut } from "./fan-out";
import { processSingleton } from "./process-singleton";

const sayEveryMs = 2000;
/** A portal that is silent for longer is gone. */
const silentMs = 6000;
/** What nodes report is told together. */
const gatherMs = 200;

const testbedSchema = z.object({ id: z.string(), name: z.string() });

/** A node's report without its sessions: what live pages show. */
const newsSchema = z.object({
  source: z.object({ id: z.string(), name: z.string(), starts: z.int() }),
  isRetiring: z.boolean(),
  batch: batchFieldsSchema.pick({ epoch: true, succeeds: true, sequence: true, at: true, node: true, totals: true }),
});
export type NodeNews = z.infer<typeof newsSchema>;

const messageSchema = z.discriminatedUnion("type", [
  /** Said again and again. `testbed`: its commands go through that portal. */
  z.object({ type: z.literal("here"), isWatched: z.boolean(), testbed: testbedSchema.nullable() }),
  z.object({ type: z.literal("news"), news: z.array(newsSchema) }),
  /** A demo run is another one in the database. */
  z.object({ type: z.literal("run"), runId: z.string() }),
  z.object({ type: z.literal("testbed"), testbed: testbedSchema, status: testbedStatusSchema }),
  /** For the portal that the testbed follows. */
  z.object({ type: z.literal("command"), command: testbedCommandSchema }),
  /** A device that allows demo runs reported. */
  z.object({ type: z.literal("device"), deviceId: z.string(), status: demoDeviceStatusSchema }),
  /** For the portal that has the device's stream. */
  z.object({ type: z.literal("device-command"), deviceId: z.string(), command: deviceCommandSchema }),
]);
const envelopeSchema = z.object({ from: z.string(), message: messageSchema });
export type PeerMessage = z.infer<typeof messageSchema>;
type Testbed = z.infer<typeof testbedSchema>;
type Peer = { isWatched: boolean; testbed: Testbed | null; heardAtMs: number };

/** What this portal says of itself. */
export type OwnState = { isWatched: boolean; testbed: Testbed | null };

/**
 * The other portals on the same database: which there are, and what one of them alone hears (nodes' reports, the
 * testbed), told to all through the database. One portal alone tells nothing but that it is there.
 */
export class PortalPeers {
  private readonly id = newShortId(8);
  private readonly log = createLog("portal-peers");
  private readonly peers = new Map<string, Peer>();
  private readonly fan = new FanOut<PeerMessage>();
  private readonly stopListening: () => void;
  private readonly timer: NodeJS.Timeout;
  private gathered: NodeNews[] = [];
  private gatherTimer: NodeJS.Timeout | null = null;
  private own: () => OwnState = () => ({ isWatched: false, testbed: null });

  constructor() {
    this.stopListening = listenToPeers((text) => this.take(text));
    this.timer = setInterval(() => this.sayHere(), sayEveryMs);
    this.timer.unref();
    this.sayHere();
  }

  close(): void {
    this.stopListening();
    clearInterval(this.timer);
    if (this.gatherTimer !== null) clearTimeout(this.gatherTimer);
  }

  /** Where to look for what this portal says of itself. */
  describe(own: () => OwnState): void {
    this.own = own;
  }

  /** Whoever listens gets what others tell. @returns stops listening */
  listen(listener: (message: PeerMessage) => void): () => void {
    return this.fan.listen(listener);
  }

  /** Say anew what this portal is, since it changed. */
  sayHere(): void {
    this.post({ type: "here", ...this.own() });
  }

  get hasOthers(): boolean {
    return this.present().length > 0;
  }

  /** Whether somebody looks at another portal's live pages. */
  get isWatchedElsewhere(): boolean {
    return this.present().some(({ isWatched }) => isWatched);
  }

  /** The testbed that follows another portal; null for none. */
  get testbedElsewhere(): Testbed | null {
    return this.present().find(({ testbed }) => testbed !== null)?.testbed ?? null;
  }

  /** Tell the others, where there are any. */
  send(message: Exclude<PeerMessage, { type: "here" | "news" }>): void {
    if (this.hasOthers) this.post(message);
  }

  /** Tell what a node reported, together with what others report in the same moment. */
  sendNews(news: NodeNews): void {
    if (!this.hasOthers) return;
    this.gathered.push(news);
    this.gatherTimer ??= setTimeout(() => this.sendGathered(), gatherMs);
  }

  private sendGathered(): void {
    this.gatherTimer = null;
    let group: NodeNews[] = [];
    let sizeBytes = 0;
    const flush = (): void => {
      if (group.length > 0) this.post({ type: "news", news: group });
      group = [];
      sizeBytes = 0;
    };
    for (const news of this.gathered.splice(0)) {
      const bytes = Buffer.byteLength(JSON.stringify(news)) + 1;
      if (sizeBytes + bytes > maxPayloadBytes - 100) flush();
      group.push(news);
      sizeBytes += bytes;
    }
    flush();
  }

  private post(message: PeerMessage): void {
    const text = JSON.stringify({ from: this.id, message });
    if (Buffer.byteLength(text) > maxPayloadBytes) {
      this.log.warn({ type: message.type }, "too long to be told");
      return;
    }
    notifyPeers(getDatabase(), text).catch((error: unknown) =>
      this.log.warn({ reason: errorMessage(error) }, "cannot tell the other portals"),
    );
  }

  private present(): Peer[] {
    const oldestMs = Date.now() - silentMs;
    for (const [id, { heardAtMs }] of this.peers) if (heardAtMs < oldestMs) this.peers.delete(id);
    return [...this.peers.values()];
  }

  private take(text: string): void {
    const found = envelopeSchema.safeParse(JSON.parse(text));
    if (!found.success || found.data.from === this.id) return;
    const { from, message } = found.data;
    if (message.type !== "here") this.fan.send(message);
    else {
      const isNew = !this.peers.has(from);
      this.peers.set(from, { isWatched: message.isWatched, testbed: message.testbed, heardAtMs: Date.now() });
      if (isNew) this.sayHere();
    }
  }
}

/** The process's peers. */
export function portalPeers(): PortalPeers {
  return processSingleton("portal-peers", () => new PortalPeers());
}
