import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { verifyAuditChain } from "@/lib/db/audit-chain";
import { type BackupReport, makeBackup, restoreBackup } from "@/lib/db/backup";
import { closeDatabase, getDatabase } from "@/lib/db/client";
import { startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { runMigrations } from "@/lib/db/migrate";
import { readEnv, setEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { runningDatabaseUrl } from "./database-url-file";
import { say } from "./say";

export type BackupCommand = { dataDir: string };

const sentence = ({ rows, tables }: BackupReport): string => `${rows.toLocaleString("en")} rows of ${tables} tables`;

/**
 * `twinpath backup FILE`: whole or not at all, readable by its owner only.
 * Errors: AppError CLI_FILE_EXISTS, CLI_NOT_RUNNING.
 */
export async function runBackup(file: string, { dataDir }: BackupCommand): Promise<void> {
  if (existsSync(file)) throw new AppError("CLI_FILE_EXISTS", `${file} is there already. Name another file.`);
  const lines = makeBackup(runningDatabaseUrl(dataDir));
  const draft = `${file}.new`;
  const report: { made: BackupReport | null } = { made: null };
  async function* noted(): AsyncGenerator<string> {
    report.made = yield* lines;
  }
  try {
    await pipeline(noted, createGzip(), createWriteStream(draft, { mode: 0o600, flags: "wx" }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  if (report.made !== null) say(`Backup:  ${file}   (${sentence(report.made)})`);
  say("Keep a copy of portal.secret apart from it: second factors and open codes need it.");
}

/** The database to restore into: that of DATABASE_URL, or a new one in the data folder, stopped again at the end. */
async function openTarget(dataDir: string): Promise<{ databaseUrl: string; stop: () => Promise<void> }> {
  const given = readEnv("DATABASE_URL");
  return given === null ? startEmbeddedPostgres({ dataDir }) : { databaseUrl: given, stop: async () => undefined };
}

/** What fails inside is thrown as it is, not as the stream's end by it. */
async function restoreFile(databaseUrl: string, file: string): Promise<BackupReport> {
  const source = createReadStream(file);
  const text = source.pipe(createGunzip());
  source.once("error", (error) => text.destroy(error));
  // It may fail before it is read; whoever reads it is told then.
  text.once("error", () => source.destroy());
  try {
    return await restoreBackup(databaseUrl, text);
  } finally {
    source.destroy();
  }
}

/**
 * `twinpath restore FILE`, while the product is stopped. The audit chain is verified before it counts as done.
 * Errors: those of `restoreBackup`; AppError BACKUP_CHAIN_BROKEN.
 */
export async function runRestore(file: string, { dataDir }: BackupCommand): Promise<void> {
  const target = await openTarget(dataDir);
  try {
    await runMigrations(target.databaseUrl);
    const restored = await restoreFile(target.databaseUrl, file);
    setEnv("DATABASE_URL", target.databaseUrl);
    const { brokenAt, entries } = await verifyAuditChain(getDatabase());
    if (brokenAt !== null)
      throw new AppError(
        "BACKUP_CHAIN_BROKEN",
        `The rows are restored as they were, but the audit chain is broken at entry ${brokenAt}: it was so at the backup.`,
      );
    say(`Restored:  ${sentence(restored)}, ${entries.toLocaleString("en")} audit entries verified.`);
  } finally {
    await closeDatabase();
    await target.stop();
  }
}
