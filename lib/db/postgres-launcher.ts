import { execFile } from "node:child_process";
import { chown, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "@/lib/shared/errors";

const run = promisify(execFile);
const nobody = 65_534;

/** How to start a PostgreSQL program: words before its own command line, and who must own its files. */
export type PostgresLauncher = { prefix: string[]; ownerUid: number };

async function succeeds(command: string[]): Promise<boolean> {
  const [file, ...args] = command;
  if (file === undefined) return false;
  return run(file, args).then(
    () => true,
    () => false,
  );
}

/**
 * PostgreSQL refuses to run as root. Root therefore starts it in a user namespace where it is "nobody": to the kernel
 * outside it is still root, so that it reaches a data folder inside root's own (mode 0700) home and needs no account
 * of its own. Where user namespaces are off it becomes the real "nobody". The parent's death, however sudden, stops it.
 *
 * Errors: AppError POSTGRES_AS_ROOT where neither way works.
 */
export async function postgresLauncher(): Promise<PostgresLauncher> {
  const dieWithParent = ["setpriv", "--pdeathsig", "INT"];
  const withParent = (await succeeds([...dieWithParent, "true"])) ? dieWithParent : [];
  const uid = process.getuid?.() ?? nobody;
  if (uid !== 0) return { prefix: withParent, ownerUid: uid };
  const inNamespace = ["unshare", "--user", `--map-user=${nobody}`, `--map-group=${nobody}`, ...withParent];
  if (await succeeds([...inNamespace, "true"])) return { prefix: inNamespace, ownerUid: 0 };
  const asNobody = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", "--pdeathsig", "INT"];
  if (await succeeds([...asNobody, "true"])) return { prefix: asNobody, ownerUid: nobody };
  throw new AppError(
    "POSTGRES_AS_ROOT",
    "PostgreSQL does not run as root, and this machine lets root start it neither in a user namespace nor as nobody: " +
      "start twinpath as an ordinary user, or set DATABASE_URL to a server of your own.",
  );
}

/** Hand a folder and all in it to its owner; nothing is touched where the folder is the owner's already. */
export async function ensureOwner(folder: string, ownerUid: number): Promise<void> {
  if ((await stat(folder)).uid === ownerUid) return;
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), ownerUid, ownerUid);
  await chown(folder, ownerUid, ownerUid);
}
