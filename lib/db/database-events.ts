import { requireEnv } from "@/lib/shared/env";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import type { Transaction } from "./client";
import { ownClient } from "./own-client";

/** What one process of the product tells all others that use the same database. */
export type DatabaseEvent =
  | { type: "policy"; version: number }
  /** A node was given another order. */
  | { type: "node"; nodeId: string }
  /** Null: every device. */
  | { type: "revoke"; deviceIds: string[] | null };

const eventChannel = "twinpath_events";
const peerChannel = "twinpath_peers";
const retryMs = 500;
/** PostgreSQL refuses a payload of 8000 bytes and more. */
export const maxPayloadBytes = 7900;

function payloadOf(event: DatabaseEvent): string {
  const payload = JSON.stringify(event);
  if (event.type !== "revoke" || Buffer.byteLength(payload) <= maxPayloadBytes) return payload;
  return JSON.stringify({ ...event, deviceIds: null });
}

/**
 * Send an event to every listener when (and only if) the transaction commits. A revocation of more devices than one
 * message holds becomes one of all devices.
 */
export async function notifyDatabase(transaction: Transaction, event: DatabaseEvent): Promise<void> {
  await transaction.$executeRaw`SELECT pg_notify(${eventChannel}, ${payloadOf(event)})`;
}

/** Tell the portals something that is worth nothing a moment later. `text` has at most `maxPayloadBytes`. */
export async function notifyPeers(database: Pick<Transaction, "$executeRaw">, text: string): Promise<void> {
  await database.$executeRaw`SELECT pg_notify(${peerChannel}, ${text})`;
}

export type DatabaseListener = {
  onEvent: (event: DatabaseEvent) => void;
  /** After each (new) connection: events may have been missed before it, so read anew what they would have told. */
  onConnected: () => void;
};

type ChannelListener = { onText: (text: string) => void; onConnected: () => void };

async function listenOnce(channel: string, listener: ChannelListener, signal: AbortSignal): Promise<void> {
  const client = ownClient({ connectionString: requireEnv("DATABASE_URL"), keepAlive: true });
  const lost = new Promise<void>((done) => {
    client.once("end", done);
    client.once("error", () => done());
    signal.addEventListener("abort", () => done(), { once: true });
  });
  try {
    await client.connect();
    client.on("notification", ({ payload }) => {
      if (payload !== undefined) listener.onText(payload);
    });
    await client.query(`LISTEN ${channel}`);
    listener.onConnected();
    await lost;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Follow the events of other processes; a lost connection is made anew. @returns stops following */
export function listenToDatabase({ onEvent, onConnected }: DatabaseListener): () => void {
  return listenTo(eventChannel, { onText: (text) => onEvent(JSON.parse(text) as DatabaseEvent), onConnected });
}

/** Follow what `notifyPeers` tells, our own texts among it. @returns stops following */
export function listenToPeers(onText: (text: string) => void): () => void {
  return listenTo(peerChannel, { onText, onConnected: () => {} });
}

function listenTo(channel: string, listener: ChannelListener): () => void {
  const log = createLog("database");
  const stop = new AbortController();
  const follow = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await listenOnce(channel, listener, stop.signal).catch((error: unknown) =>
        log.warn({ reason: errorMessage(error) }, "cannot listen to the database"),
      );
      await sleep(retryMs, stop.signal);
    }
  };
  void follow();
  return () => stop.abort();
}
