import { Client } from "pg";
import { requireEnv } from "@/lib/shared/env";
import { createLog } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import type { Transaction } from "./client";

/** What one process of the product tells all others that use the same database. */
export type DatabaseEvent = { type: "policy"; version: number } | { type: "revoke"; deviceIds: string[] };

const channel = "twinpath_events";
const retryMs = 500;

/** Send an event to every listener when (and only if) the transaction commits. */
export async function notifyDatabase(transaction: Transaction, event: DatabaseEvent): Promise<void> {
  await transaction.$executeRaw`SELECT pg_notify(${channel}, ${JSON.stringify(event)})`;
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

/** Follow the events of other processes until the signal aborts; a lost connection is made anew. */
export function listenToDatabase(listener: DatabaseListener, signal: AbortSignal): void {
  const log = createLog("database");
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      await listenOnce(listener, signal).catch((error: unknown) =>
        log.warn({ err: error }, "cannot listen to the database"),
      );
      await sleep(retryMs, signal);
    }
  };
  void follow();
}
