const maxSizeDigits = 13;
const maxLineBytes = 4096;
const maxTrailerBytes = 16_384;

/** Where in the body the next byte stands, in the order of RFC 9112 §7.1. */
type State =
  | "size-first"
  | "size"
  | "size-space"
  | "extension"
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  | "trailer-first"
  | "trailer-name"
  | "trailer-value"
  | "trailer-lf"
  | "last-lf"
  | "done"
  | "bad";

const tab = 0x09;
const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;
const colon = 0x3a;
const semicolon = 0x3b;

const tokenBytes = new Set(
  Buffer.from("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
);

/** The value of a hexadecimal digit; -1 for any other byte. */
function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Bytes of an extension or a trailer's value: no control character but TAB. */
function isText(byte: number): boolean {
  return byte === tab || (byte >= space && byte !== 0x7f);
}

/**
 * Finds where a chunked body ends without changing it: feed bytes, learn how many of them belong to the body.
 * One state per byte, so that any split of the body gives the same answer and the first wrong byte is seen at once.
 *
 * Strict where requests could be smuggled: CRLF only, no sign, no white space before the size, at most 13 digits.
 * Source: RFC 9112 §7.1.
 */
export class ChunkedScanner {
  private state: State = "size-first";
  private left = 0;
  private sizeDigits = 0;
  private lineBytes = 0;
  private trailerBytes = 0;

  /** How many further bytes are a chunk's content, whatever they are. */
  get dataLeft(): number {
    return this.state === "data" ? this.left : 0;
  }

  /** So many of them came another way. */
  skipData(bytes: number): void {
    this.left -= bytes;
    if (this.left === 0) this.state = "data-cr";
  }

  /**
   * `taken`: how many of `bytes` belong to the body; fewer than all only once it is over or a wrong byte came.
   *
   * @param onData is given the content of chunks, piece by piece
   */
  push(bytes: Buffer, onData: (data: Buffer) => void = () => {}): { taken: number; status: "more" | "done" | "bad" } {
    let offset = 0;
    while (offset < bytes.length && this.state !== "done" && this.state !== "bad") {
      if (this.state === "data") {
        const data = bytes.subarray(offset, offset + this.left);
        onData(data);
        offset += data.length;
        this.skipData(data.length);
      } else {
        this.state = this.next(bytes[offset] ?? 0);
        if (this.state !== "bad") offset += 1;
      }
    }
    const status = this.state === "done" || this.state === "bad" ? this.state : "more";
    return { taken: offset, status };
  }

  private next(byte: number): State {
    switch (this.state) {
      case "size-first":
      case "size":
        return this.takeSize(byte);
      case "size-space":
        return byte === space || byte === tab ? this.inLine("size-space") : this.afterSize(byte);
      case "extension":
        return byte === cr ? "size-lf" : isText(byte) ? this.inLine("extension") : "bad";
      case "size-lf":
        return byte === lf ? this.endSize() : "bad";
      case "data-cr":
        return byte === cr ? "data-lf" : "bad";
      case "data-lf":
        return byte === lf ? "size-first" : "bad";
      case "last-lf":
        return byte === lf ? "done" : "bad";
      default:
        return this.takeTrailer(byte);
    }
  }

  private takeSize(byte: number): State {
    const digit = hexValue(byte);
    if (digit < 0) return this.sizeDigits === 0 ? "bad" : this.afterSize(byte);
    this.sizeDigits += 1;
    this.left = this.left * 16 + digit;
    return this.sizeDigits > maxSizeDigits ? "bad" : "size";
  }

  private afterSize(byte: number): State {
    if (byte === cr) return "size-lf";
    if (byte === semicolon) return this.inLine("extension");
    return byte === space || byte === tab ? this.inLine("size-space") : "bad";
  }

  private endSize(): State {
    this.sizeDigits = 0;
    this.lineBytes = 0;
    return this.left === 0 ? "trailer-first" : "data";
  }

  private takeTrailer(byte: number): State {
    this.trailerBytes += 1;
    if (this.trailerBytes > maxTrailerBytes) return "bad";
    switch (this.state) {
      case "trailer-first":
        return byte === cr ? "last-lf" : tokenBytes.has(byte) ? this.inLine("trailer-name") : "bad";
      case "trailer-name":
        return byte === colon
          ? this.inLine("trailer-value")
          : tokenBytes.has(byte)
            ? this.inLine("trailer-name")
            : "bad";
      case "trailer-value":
        return byte === cr ? "trailer-lf" : isText(byte) ? this.inLine("trailer-value") : "bad";
      default:
        this.lineBytes = 0;
        return byte === lf ? "trailer-first" : "bad";
    }
  }

  private inLine(state: State): State {
    this.lineBytes += 1;
    return this.lineBytes > maxLineBytes ? "bad" : state;
  }
}
