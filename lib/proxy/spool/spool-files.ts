import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isOwnedByAnother, ownMark } from "./spool-owner";

const ownerFile = "owner";
const suffix = ".batch";

export type SpoolFile = { path: string; sizeBytes: number };

/** What the spool does on the disk. Errors of all: those of node:fs. */
export const spoolFiles = {
  /** Make a folder that belongs to this process. */
  claim: async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, ownerFile), await ownMark(), { mode: 0o600 });
  },

  /** Folders that processes left which are gone. */
  findLeft: async (root: string): Promise<string[]> => {
    const left: string[] = [];
    for (const entry of await readdir(root, { withFileTypes: true }).catch(() => [])) {
      const folder = join(root, entry.name);
      const mark = await readFile(join(folder, ownerFile), "utf8").catch(() => null);
      if (mark !== null && !(await isOwnedByAnother(mark))) left.push(folder);
    }
    return left;
  },

  /** A folder's files, oldest first. */
  list: async (folder: string): Promise<SpoolFile[]> => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(suffix)).sort();
    const paths = names.map((name) => join(folder, name));
    return Promise.all(paths.map(async (path) => ({ path, sizeBytes: (await stat(path)).size })));
  },

  pathOf: (folder: string, order: number): string => join(folder, `${String(order).padStart(12, "0")}${suffix}`),

  read: (path: string): Promise<Buffer> => readFile(path),

  append: async (path: string, bytes: Buffer, isSynced: boolean): Promise<void> => {
    const file = await open(path, "a", 0o600);
    try {
      await file.appendFile(bytes);
      if (isSynced) await file.datasync();
    } finally {
      await file.close();
    }
  },

  /** Write a file anew, whole or not at all, whatever happens to the machine. */
  replace: async (path: string, bytes: Buffer): Promise<void> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(`${path}.new`, bytes, { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
  },

  remove: (path: string): Promise<void> => rm(path, { force: true }),

  /** Remove a folder that has no batches any more. */
  removeFolder: (folder: string): Promise<void> => rm(folder, { recursive: true, force: true }),

  /** Keep the newest files of a folder. */
  keepNewest: async (folder: string, count: number): Promise<void> => {
    const names = (await readdir(folder)).sort().reverse();
    for (const name of names.slice(count)) await rm(join(folder, name), { force: true });
  },
};

export type SpoolFiles = typeof spoolFiles;
