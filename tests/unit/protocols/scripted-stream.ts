import fc from "fast-check";
import type { ByteStream } from "@/lib/protocols/message-reader";

/** A byte stream whose other end said all it will say; keeps what is written to it. */
export class ScriptedStream implements ByteStream {
  private readonly chunks: Buffer[];
  private readonly parts: Buffer[] = [];

  constructor(chunks: readonly Buffer[]) {
    this.chunks = [...chunks];
  }

  get written(): Buffer {
    return Buffer.concat(this.parts);
  }

  async read(): Promise<Buffer | null> {
    return this.chunks.shift() ?? null;
  }

  write(bytes: Buffer): void {
    this.parts.push(bytes);
  }
}

export function byteByByte(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (byte) => Buffer.from([byte]));
}

/** The bytes cut at these places; places beyond the end are no cut. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).flatMap((end, index) => {
    const start = cuts[index] ?? 0;
    return end > start ? [bytes.subarray(start, end)] : [];
  });
}

export const cutPlaces: fc.Arbitrary<number[]> = fc.array(fc.nat(400), { maxLength: 8 });
