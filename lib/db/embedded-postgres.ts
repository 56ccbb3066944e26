import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { totalmem } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { newSecret } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";
import { ownClient } from "./own-client";
import { postgresBinaries } from "./postgres-binaries";
import { ensureOwner, type PostgresLauncher, postgresLauncher } from "./postgres-launcher";
import { claimServer, stopStaleServer } from "./stale-server";

export type EmbeddedPostgres = {
  databaseUrl: string;
  pid: number;
  /** Resolves when the server is gone, by `stop` or by itself. */
  ended: Promise<void>;
  stop: () => Promise<void>;
};

const user = "twinpath";
const startDeadlineMs = 30_000;
const stopDeadlineMs = 10_000;

async function ensurePassword(file: string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, newSecret(), { mode: 0o600, flag: "wx" });
  await chmod(file, 0o600);
  return (await readFile(file, "utf8")).trim();
}

/** Built beside its place and moved there when whole, so that a stop half-way leaves nothing that looks finished. */
async function initialise(
  dataDir: string,
  folder: string,
  passwordFile: string,
  launcher: PostgresLauncher,
): Promise<void> {
  const { initdb } = await postgresBinaries();
  const draft = `${folder}.new`;
  const passwordCopy = join(dataDir, "postgres-password.new");
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordCopy, await readFile(passwordFile, "utf8"), { mode: 0o600 });
  if (launcher.ownerUid !== process.getuid?.()) await chown(passwordCopy, launcher.ownerUid, launcher.ownerUid);
  await ensureOwner(draft, launcher.ownerUid);
  const locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  const access = [`--username=${user}`, "--auth=scram-sha-256", `--pwfile=${passwordCopy}`];
  const [file = initdb, ...args] = [...launcher.prefix, initdb, "-D", draft, ...access, ...locale];
  try {
    await promisify(execFile)(file, args);
  } catch (cause) {
    throw new AppError(
      "POSTGRES_INIT_FAILED",
      `PostgreSQL could not make its folder ${draft}: ${errorMessage(cause)}`,
      { cause },
    );
  } finally {
    await rm(passwordCopy, { force: true });
  }
  await rename(draft, folder);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => server.once("error", fail).listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string")
    throw new AppError("POSTGRES_NO_PORT", "No free port on 127.0.0.1.");
  return address.port;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGINT");
  await Promise.race([ended, sleep(stopDeadlineMs)]);
  if (hasEnded(child)) return;
  child.kill("SIGQUIT");
  await ended;
}

async function isReady(url: string): Promise<boolean> {
  const client = ownClient({ connectionString: url, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [user]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${user}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function waitUntilReady(child: ChildProcess, url: string, logFile: string): Promise<boolean> {
  for (const deadline = Date.now() + startDeadlineMs; Date.now() < deadline; await sleep(25)) {
    if (hasEnded(child)) return false;
    if (await isReady(url)) return true;
  }
  await stopServer(child);
  throw new AppError(
    "POSTGRES_START_FAILED",
    `PostgreSQL did not answer within ${startDeadlineMs / 1000} s; its words are in ${logFile}.`,
  );
}

/**
 * PostgreSQL's own are for a machine of 2005. Much of a list's index pages stays in memory; a checkpoint comes every
 * quarter of an hour, so that a large import writes most pages to the log once; disks find any page as fast as the next.
 */
function settingsOf(port: number): string[] {
  const cacheMb = Math.min(1024, Math.max(128, Math.round(totalmem() / 8 / 2 ** 20)));
  return [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
    `shared_buffers=${cacheMb}MB`,
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
    "wal_compression=on",
    "random_page_cost=1.1",
    "jit=off",
    "timezone=UTC",
  ];
}

function spawnServer(
  launcher: PostgresLauncher,
  postgres: string,
  folder: string,
  port: number,
  logFile: string,
): ChildProcess {
  const [file = postgres, ...args] = [
    ...launcher.prefix,
    postgres,
    "-D",
    folder,
    ...settingsOf(port).flatMap((text) => ["-c", text]),
  ];
  const log = openSync(logFile, "w", 0o600);
  // Its own process group: Ctrl-C in the terminal must reach it last, through stop().
  return spawn(file, args, { stdio: ["ignore", log, log], detached: true });
}

/**
 * Start the real PostgreSQL server from npm on `<dataDir>/postgres`, made at the first start and kept. It listens on
 * 127.0.0.1 with a password kept in `<dataDir>/postgres-password` (mode 0600). It stops with `stop()`, and also when
 * this process dies without calling it; what a sudden death left is cleared at the next start.
 *
 * @param wantedPort the port to listen on where it is to be had, so that a restarted server is found at its old address
 * Errors: AppError POSTGRES_NO_BINARY, POSTGRES_AS_ROOT, POSTGRES_INIT_FAILED, POSTGRES_START_FAILED, POSTGRES_BUSY.
 */
export async function startEmbeddedPostgres({
  dataDir,
  wantedPort,
}: {
  dataDir: string;
  wantedPort?: number;
}): Promise<EmbeddedPostgres> {
  const base = resolve(dataDir);
  const folder = join(base, "postgres");
  const logFile = join(base, "postgres.log");
  await mkdir(base, { recursive: true, mode: 0o700 });
  const password = await ensurePassword(join(base, "postgres-password"));
  const [{ postgres }, launcher] = await Promise.all([postgresBinaries(), postgresLauncher()]);
  // Another user must be able to pass, not to look; every file in it is closed by its own mode.
  if (launcher.ownerUid !== process.getuid?.()) await chmod(base, 0o711);
  if (existsSync(folder)) await stopStaleServer(folder);
  else await initialise(base, folder, join(base, "postgres-password"), launcher);
  await ensureOwner(folder, launcher.ownerUid);
  await claimServer(folder);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const port = attempt === 1 && wantedPort !== undefined ? wantedPort : await freePort();
    const url = (database: string): string => `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
    const child = spawnServer(launcher, postgres, folder, port, logFile);
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    const failed = new Promise<never>((_, fail) => child.once("error", fail));
    const isUp = await Promise.race([waitUntilReady(child, url("postgres"), logFile), failed]);
    if (isUp) return { databaseUrl: url(user), pid: child.pid ?? 0, ended, stop: () => stopServer(child) };
  }
  throw new AppError(
    "POSTGRES_START_FAILED",
    `PostgreSQL ended while it started, three times; its words are in ${logFile}.`,
  );
}
