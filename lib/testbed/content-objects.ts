import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { demoObjectChunks } from "@/lib/shared/demo-object";
import { AppError } from "@/lib/shared/errors";
import { newShortId } from "@/lib/shared/ids";
import type { ObjectProgress } from "./testbed";

const chunkBytes = 4 << 20;

/** The content provider's objects (`demoObjectChunks`), kept between runs, each beside its SHA-256. */
export class ContentObjects {
  readonly sha256BySize = new Map<number, string>();
  readonly #making = new Map<number, Promise<string>>();

  constructor(readonly folder: string) {}

  fileName(sizeBytes: number): string {
    return `object-${sizeBytes}.bin`;
  }

  path(sizeBytes: number): string {
    return join(this.folder, this.fileName(sizeBytes));
  }

  /**
   * SHA-256 of the object of `sizeBytes`, after making sure that the file is there.
   *
   * Errors: AppError TESTBED_BAD_SIZE unless the size is a whole number above 0; the file system's own (no space).
   */
  async ensure(sizeBytes: number, onProgress?: ObjectProgress): Promise<string> {
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1)
      throw new AppError("TESTBED_BAD_SIZE", `An object of ${sizeBytes} bytes cannot be made: give a whole number.`);
    const making = this.#making.get(sizeBytes) ?? this.#findOrMake(sizeBytes, onProgress);
    this.#making.set(sizeBytes, making);
    try {
      const sha256 = await making;
      this.sha256BySize.set(sizeBytes, sha256);
      return sha256;
    } finally {
      this.#making.delete(sizeBytes);
    }
  }

  async #findOrMake(sizeBytes: number, onProgress?: ObjectProgress): Promise<string> {
    const path = this.path(sizeBytes);
    const found = await stat(path).catch(() => null);
    const sha256 = (await readFile(`${path}.sha256`, "utf8").catch(() => "")).trim();
    if (found?.size === sizeBytes && /^[0-9a-f]{64}$/.test(sha256)) return sha256;
    return this.#make(path, sizeBytes, onProgress);
  }

  async #make(path: string, sizeBytes: number, onProgress?: ObjectProgress): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    const hash = createHash("sha256");
    const partPath = `${path}.${newShortId()}.part`;
    const file = await open(partPath, "wx");
    let lastReport = 0;
    let done = 0;
    try {
      for (const chunk of demoObjectChunks(sizeBytes, chunkBytes)) {
        hash.update(chunk);
        await file.write(chunk);
        done += chunk.length;
        if (Date.now() - lastReport < 100) continue;
        lastReport = Date.now();
        onProgress?.(done, sizeBytes);
      }
      await file.close();
      const sha256 = hash.digest("hex");
      await rename(partPath, path);
      await writeFile(`${path}.sha256`, `${sha256}\n`);
      onProgress?.(sizeBytes, sizeBytes);
      return sha256;
    } catch (error) {
      await file.close().catch(() => {});
      await rm(partPath, { force: true });
      throw error;
    }
  }
}
