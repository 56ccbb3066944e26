import { createCipheriv, createHash } from "node:crypto";

/**
 * The object of demo runs in chunks: AES-256-CTR keystream of an all-zero key and counter (NIST SP 800-38A §6.5), so that
 * every machine makes the same bytes, nothing on the way can compress them, and a smaller object is the beginning of a
 * bigger one.
 */
export function* demoObjectChunks(sizeBytes: number, chunkBytes: number): Generator<Buffer, void> {
  const cipher = createCipheriv("aes-256-ctr", Buffer.alloc(32), Buffer.alloc(16));
  const zeroes = Buffer.alloc(Math.min(chunkBytes, sizeBytes));
  for (let done = 0; done < sizeBytes; done += chunkBytes)
    yield cipher.update(zeroes.subarray(0, Math.min(chunkBytes, sizeBytes - done)));
}

/** Some milliseconds of work. */
const hashedAtOnceBytes = 1 << 20;

/** SHA-256 of the object of `sizeBytes`, 64 hexadecimal characters; other work goes on between its chunks. */
export async function demoObjectSha256(sizeBytes: number): Promise<string> {
  const hash = createHash("sha256");
  for (const chunk of demoObjectChunks(sizeBytes, hashedAtOnceBytes)) {
    hash.update(chunk);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return hash.digest("hex");
}
