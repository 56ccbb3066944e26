import { mkdtemp, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { demoObjectChunks } from "@/lib/shared/demo-object";
import { AppError } from "@/lib/shared/errors";
import { formatBytes } from "@/lib/shared/units";

const chunkBytes = 1 << 20;
/** Left free for everybody else. */
const spareBytes = 64 * 1024 * 1024;

export type ObjectFile = { path: string; remove: () => Promise<void> };

/**
 * The object of demo runs as a file of its own, which wget sends.
 * Errors: AppError DEMO_NO_ROOM; the system's own where it cannot be written.
 */
export async function writeObjectFile(sizeBytes: number, parent = tmpdir()): Promise<ObjectFile> {
  const { bavail, bsize } = await statfs(parent);
  if (bavail * bsize < sizeBytes + spareBytes)
    throw new AppError(
      "DEMO_NO_ROOM",
      `${parent} has no room for an object of ${formatBytes(sizeBytes)}: choose a smaller one, or free some.`,
    );
  const folder = await mkdtemp(join(parent, "twinpath-demo-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, "object.bin");
  try {
    const file = await open(path, "wx", 0o600);
    try {
      for (const chunk of demoObjectChunks(sizeBytes, chunkBytes)) {
        await file.writeFile(chunk);
        await setImmediate();
      }
    } finally {
      await file.close();
    }
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
