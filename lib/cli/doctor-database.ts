import { existsSync, statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ownClient } from "@/lib/db/own-client";
import { postgresBinaries } from "@/lib/db/postgres-binaries";
import { askStanding } from "@/lib/db/read-replica";
import { readEnv } from "@/lib/shared/env";
import { errorMessage } from "@/lib/shared/errors";
import type { Finding } from "./doctor-finding";

const oldestPostgres = 140_000;
const leastFreeBytes = 1e9;
const connectWithinMs = 3000;

/** Host and port of a database's address, without its secret. */
function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "its address";
}

async function serverFinding(url: string): Promise<Finding> {
  const told = { what: "database", isNeededFor: "the portal" };
  const client = ownClient({ connectionString: url, connectionTimeoutMillis: connectWithinMs });
  try {
    await client.connect();
    const { rows } = await client.query<{ number: number; version: string; ssl: boolean }>(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
         (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS ssl`,
    );
    const { number = 0, version = "?", ssl = false } = rows[0] ?? {};
    const what = `PostgreSQL ${version} at ${placeOf(url)}, ${ssl ? "over TLS" : "without TLS"}`;
    return number >= oldestPostgres
      ? { ...told, isGood: true, detail: what }
      : { ...told, isGood: false, detail: `${what}: version 14 or later is needed` };
  } catch (error) {
    return { ...told, isGood: false, detail: `DATABASE_URL, ${placeOf(url)}: ${errorMessage(error)}` };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function embeddedFinding(): Promise<Finding> {
  const told = { what: "database", isNeededFor: "the portal" };
  return postgresBinaries().then(
    () => ({ ...told, isGood: true, detail: "the embedded PostgreSQL (DATABASE_URL is not set)" }),
    (error: unknown) => ({ ...told, isGood: false, detail: errorMessage(error) }),
  );
}

async function replicaFinding(url: string): Promise<Finding> {
  const { isUsable, reason } = await askStanding(url);
  const detail = `${placeOf(url)}: ${reason}`;
  return { what: "replica", isGood: isUsable, detail, isNeededFor: "history and exports without load on the primary" };
}

function spaceFinding(dataDir: string): Finding {
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const isGood = free >= leastFreeBytes;
  const isNeededFor = "the database, nodes' spools and logs";
  return { what: "data folder", isGood, detail: `${(free / 1e9).toFixed(1)} GB free for ${dataDir}`, isNeededFor };
}

/** What the portal keeps its data with: server, replica, disk. */
export async function databaseFindings(): Promise<Finding[]> {
  const url = readEnv("DATABASE_URL");
  const replica = readEnv("TWINPATH_REPLICA_URL");
  return [
    url === null ? await embeddedFinding() : await serverFinding(url),
    ...(replica === null ? [] : [await replicaFinding(replica)]),
    spaceFinding(readEnv("TWINPATH_DATA_DIR") ?? ".data"),
  ];
}
