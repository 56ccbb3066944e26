import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";

const stopDeadlineMs = 15_000;

/** A process's name that is never used again: its id and start time. Null when it is gone. Source: proc(5), field 22. */
async function processName(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  const startTicks = text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  return startTicks === undefined ? null : `${pid} ${startTicks}`;
}

/** True only for a process that runs PostgreSQL on exactly this folder: process ids are used again by others. */
async function isServerOf(pid: number, folder: string): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return commandLine.split("\0").includes(folder);
}

const ownerFile = (folder: string): string => `${folder}.owner`;

/** Note that this process owns the server on `folder`. */
export async function claimServer(folder: string): Promise<void> {
  await writeFile(ownerFile(folder), (await processName(process.pid)) ?? "", { mode: 0o600 });
}

async function isOwnerAlive(folder: string): Promise<boolean> {
  const owner = await readFile(ownerFile(folder), "utf8").catch(() => "");
  const name = await processName(Number(owner.split(" ")[0]));
  return name !== null && name === owner;
}

/**
 * Clear what an earlier start on this folder left when it was killed: a server that still runs is stopped (nothing it
 * confirmed is lost), a pid file without its server is removed.
 *
 * Errors: AppError POSTGRES_BUSY where the server belongs to a program that runs, or does not stop.
 */
export async function stopStaleServer(folder: string): Promise<void> {
  const pidFile = join(folder, "postmaster.pid");
  const text = await readFile(pidFile, "utf8").catch(() => null);
  if (text === null) return;
  const pid = Number(text.split("\n")[0]);
  if ((await isServerOf(pid, folder)) && (await isOwnerAlive(folder)))
    throw new AppError(
      "POSTGRES_BUSY",
      `${folder} is in use by another twinpath: stop it, or use another TWINPATH_DATA_DIR.`,
    );
  for (const deadline = Date.now() + stopDeadlineMs; await isServerOf(pid, folder); await sleep(50)) {
    if (Date.now() > deadline)
      throw new AppError(
        "POSTGRES_BUSY",
        `PostgreSQL (process ${pid}) on ${folder} does not stop: end it and start again.`,
      );
    try {
      process.kill(pid, "SIGINT");
    } catch {
      break;
    }
  }
  await rm(pidFile, { force: true });
}
