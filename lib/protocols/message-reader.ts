import { AppError } from "@/lib/shared/errors";
import type { ParseResult } from "./parse-result";

/** One direction pair of a byte stream, however it is carried. `read` gives null at the end of the stream. */
export interface ByteStream {
  read(): Promise<Buffer | null>;
  /** What is there already, without waiting; null where nothing is. Absent: it cannot tell. */
  readNow?(): Buffer | null;
  write(bytes: Buffer): void;
}

/**
 * Reads whole messages from a stream with the pure codecs, keeping what belongs to the next one.
 * Errors: AppError PROTOCOL_ENDED when the stream ends inside a message, PROTOCOL_BAD when it is not the protocol's,
 * PROTOCOL_TOO_LARGE when it is over a limit.
 */
export class MessageReader {
  private unread: Buffer;
  /** What comes next, where it was asked for already. */
  private ahead: Promise<Buffer | null> | null = null;

  constructor(
    private readonly stream: ByteStream,
    unread: Buffer = Buffer.alloc(0),
  ) {
    this.unread = unread;
  }

  async next<T extends NonNullable<unknown>>(parse: (buffer: Buffer) => ParseResult<T>): Promise<T> {
    for (;;) {
      const message = this.nextNow(parse);
      if (message !== null) return message;
      await this.readMore();
    }
  }

  /** The next message where it is whole; null where more must be read for it. */
  nextNow<T extends NonNullable<unknown>>(parse: (buffer: Buffer) => ParseResult<T>): T | null {
    const parsed = parse(this.unread);
    if (parsed.status === "bad")
      throw new AppError(parsed.isTooLarge ? "PROTOCOL_TOO_LARGE" : "PROTOCOL_BAD", parsed.reason);
    if (parsed.status === "more") return this.hasMoreNow() ? this.nextNow(parse) : null;
    this.unread = this.unread.subarray(parsed.consumed);
    return parsed.value;
  }

  /** As `peekByte`; null where it must be waited for. */
  peekByteNow(): number | null {
    if (this.unread.length === 0) this.hasMoreNow();
    return this.unread[0] ?? null;
  }

  /** The first byte of the next message, left in place. */
  async peekByte(): Promise<number> {
    for (;;) {
      const [first] = this.unread;
      if (first !== undefined) return first;
      await this.readMore();
    }
  }

  /** What was read and not taken, or else the next bytes, left in place; null at the end of the stream. */
  async peek(): Promise<Buffer | null> {
    while (this.unread.length === 0) {
      const bytes = await this.read();
      if (bytes === null) return null;
      this.unread = bytes;
    }
    return this.unread;
  }

  /** Nothing was read that was not taken. */
  get isEmpty(): boolean {
    return this.unread.length === 0;
  }

  /** Ask for what comes next before anybody wants it; it is given to who reads next. Null: the stream has ended. */
  readAhead(): Promise<Buffer | null> {
    this.ahead ??= this.stream.read();
    return this.ahead;
  }

  /** What comes next was asked for, and nobody has taken it. */
  get isAhead(): boolean {
    return this.ahead !== null;
  }

  /** At most so many of the bytes that were read already. */
  take(most: number): Buffer {
    const taken = this.unread.subarray(0, most);
    this.unread = this.unread.subarray(taken.length);
    return taken;
  }

  /** Read so many bytes and drop them. */
  async skip(bytes: number): Promise<void> {
    for (let left = bytes; left > 0; ) {
      if (this.unread.length === 0) await this.readMore();
      left -= this.take(left).length;
    }
  }

  /** Whatever was read beyond the last message: payload that came early. Afterwards the reader is empty. */
  takeRest(): Buffer {
    const rest = this.unread;
    this.unread = Buffer.alloc(0);
    return rest;
  }

  private read(): Promise<Buffer | null> {
    const next = this.readAhead();
    this.ahead = null;
    return next;
  }

  private readMore(): Promise<void> {
    return this.read().then((bytes) => {
      if (bytes === null) throw new AppError("PROTOCOL_ENDED", "the stream ended inside a message");
      this.append(bytes);
    });
  }

  /** True where bytes came without waiting. */
  private hasMoreNow(): boolean {
    const bytes = this.stream.readNow?.() ?? null;
    if (bytes !== null) this.append(bytes);
    return bytes !== null;
  }

  private append(bytes: Buffer): void {
    this.unread = this.unread.length === 0 ? bytes : Buffer.concat([this.unread, bytes]);
  }
}
