import { Client } from "pg";
import { requireEnv } from "@/lib/shared/env";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import type { Transaction } from "./client";

/** What one process of the product tells all others that use the same database. */
export type DatabaseEvent =
  | { type: "policy"; version: number }
  /** A node was given another order. */
  | { type: "node"; nodeId: string }
  /** Null: every device. */
  | { type: "revoke"; deviceIds: string[] | null };

const channel = "twinpath_events";
const retryMs = 500;
/** PostgreSQL refuses a payload of 8000 bytes and more. */
const maxPayloadBytes = 7900;

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
  await transaction.$executeRaw`SELECT pg_notify(${channel}, ${payloadOf(event)})`;
}

export type DatabaseListener = {
  onEvent: (event: DatabaseEvent) => void;
  /** After each (new) connection: events may have been missed before it, so read anew what they would have told. */
  onConnected: () => void;
};

async function listenOnce(listener: DatabaseListener, signal: AbortSignal): Promise<void> {
  const client = new Client({ connectionString: requireEnv("DATABASE_URL"), keepAlive: true });
  const lost = new Promise<void>((done) => {
    client.once("end", done);
    client.once("error", () => done());
    signal.addEventListener("abort", () => done(), { once: true });
  });
  try {
    await client.connect();
    client.on("notification", ({ payload }) => {
      if (payload !== undefined) listener.onEvent(JSON.parse(payload) as DatabaseEvent);
    });
    await client.query(`LISTEN ${channel}`);
    listener.onConnected();
    await lost;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Follow the events of other processes; a lost connection is made anew. @returns stops following */
export function listenToDatabase(listener: DatabaseListener): () => void {
  const log = createLog("database");
  const stop = new AbortController();
  const follow = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await listenOnce(listener, stop.signal).catch((error: unknown) =>
        log.warn({ reason: errorMessage(error) }, "cannot listen to the database"),
      );
      await sleep(retryMs, stop.signal);
    }
  };
  void follow();
  return () => stop.abort();
}
