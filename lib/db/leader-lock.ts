import type { Client } from "pg";
import { requireEnv } from "@/lib/shared/env";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import { lockKeys } from "./lock-keys";
import { ownClient } from "./own-client";

const tryEveryMs = 2000;

export type Leading = {
  /** Whether this process holds the lock now. */
  isLeader: () => boolean;
  /** Resolves once it was tried for the first time. */
  tried: Promise<void>;
  stop: () => void;
};

/** The server gives a vanished host's lock up after some ten seconds: it asks whether the connection still lives. */
async function askAlive(client: Client): Promise<void> {
  await client.query("SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3");
}

async function leadOnce(onChange: (isLeader: boolean) => void, signal: AbortSignal): Promise<void> {
  const client = ownClient({ connectionString: requireEnv("DATABASE_URL"), keepAlive: true });
  const lost = new AbortController();
  const lose = (): void => lost.abort();
  client.once("end", lose);
  client.once("error", lose);
  signal.addEventListener("abort", lose, { once: true });
  try {
    await client.connect();
    await askAlive(client);
    while (!lost.signal.aborted) {
      const { rows } = await client.query<{ got: boolean }>("SELECT pg_try_advisory_lock($1) AS got", [
        lockKeys.leader,
      ]);
      onChange(rows[0]?.got === true);
      if (rows[0]?.got === true) await new Promise<void>((done) => lost.signal.addEventListener("abort", () => done()));
      else await sleep(tryEveryMs, lost.signal);
    }
  } finally {
    signal.removeEventListener("abort", lose);
    onChange(false);
    await client.end().catch(() => undefined);
  }
}

/**
 * Take part in who leads: of all processes that use one database, one holds an advisory lock for as long as its
 * connection lives, and another one takes it within seconds when that ends.
 */
export function takePartInLeading(): Leading {
  const log = createLog("leader");
  const stop = new AbortController();
  let isLeader = false;
  let settle = (): void => {};
  const tried = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const change = (next: boolean): void => {
    if (next !== isLeader) log.info({ isLeader: next }, next ? "this portal leads" : "this portal leads no longer");
    isLeader = next;
    settle();
  };
  const take = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await leadOnce(change, stop.signal).catch((error: unknown) =>
        log.warn({ reason: errorMessage(error) }, "cannot ask who leads"),
      );
      await sleep(tryEveryMs, stop.signal);
    }
  };
  void take();
  return { isLeader: () => isLeader, tried, stop: () => stop.abort() };
}
