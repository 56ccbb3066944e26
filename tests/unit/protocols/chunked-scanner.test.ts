import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkedScanner } from "@/lib/protocols/chunked-scanner";

const small = '4\r\nWiki\r\n5;ext="a;b"\r\npedia\r\n0\r\n\r\n';
const withTrailers = "a \t\r\n0123456789\r\n000\r\nX-Sum: abc\r\nEmpty:\r\n\r\n";

/** Feed the pieces in turn; how many bytes were taken in all, and the last status. */
function feed(pieces: Iterable<Buffer>): { taken: number; status: string } {
  const scanner = new ChunkedScanner();
  let taken = 0;
  let status = "more";
  for (const piece of pieces) {
    const pushed = scanner.push(piece);
    taken += pushed.taken;
    status = pushed.status;
    if (status !== "more") break;
    expect(pushed.taken).toBe(piece.length);
  }
  return { taken, status };
}

const scan = (text: string): { taken: number; status: string } => feed([Buffer.from(text, "latin1")]);

function* byteByByte(bytes: Buffer): Generator<Buffer> {
  for (let index = 0; index < bytes.length; index += 1) yield bytes.subarray(index, index + 1);
}

describe("ChunkedScanner", () => {
  it.each([
    ["no data", "0\r\n\r\n"],
    ["two chunks, an extension", small],
    ["trailers, white space after the size", withTrailers],
    ["upper-case size, leading zeros", `0000000000000A\r\n0123456789\r\n0\r\n\r\n`.slice(1)],
    ["data that looks like the end", "5\r\n0\r\n\r\n\r\n0\r\n\r\n"],
    ["extension on the last chunk", "0;last\r\n\r\n"],
    ["obs-text in extension and trailer", "0;\xe9\r\nX: \xe9\r\n\r\n"],
  ])("%s: whole, byte by byte, and with another request behind it", (_, text) => {
    const bytes = Buffer.from(text, "latin1");
    const done = { taken: bytes.length, status: "done" };
    expect(feed([bytes])).toEqual(done);
    expect(feed(byteByByte(bytes))).toEqual(done);
    expect(scan(`${text}${text}`)).toEqual(done);
    expect(scan(`${text}GET / HTTP/1.1\r\n`)).toEqual(done);
    for (let length = 0; length < bytes.length; length += 1)
      expect(feed([bytes.subarray(0, length)])).toEqual({ taken: length, status: "more" });
  });

  it.each([
    ["an empty size", "\r\n", 0],
    ["white space before the size", " 5\r\n", 0],
    ["a sign", "+5\r\n", 0],
    ["a minus", "-1\r\n", 0],
    ["0x", "0x5\r\n", 1],
    ["no digit", "g\r\n", 0],
    ["an extension without a size", ";x\r\n", 0],
    ["two sizes", "5 5\r\n", 2],
    ["an underscore", "1_0\r\n", 1],
    ["14 digits", "00000000000005\r\n", 13],
    ["LF after the size", "5\nhello\r\n", 1],
    ["CR without LF after the size", "5\rhello", 2],
    ["LF in an extension", "5;a\nb\r\n", 3],
    ["CR in an extension", "5;a\rb\r\n", 4],
    ["NUL in an extension", "5;a\0\r\n", 3],
    ["data over its size", "5\r\nhelloo\r\n", 8],
    ["LF after the data", "5\r\nhello\n0\r\n\r\n", 8],
    ["CR CR after the data", "5\r\nhello\r\r\n", 9],
    ["a request in place of the next size", "5\r\nhello\r\nGET / HTTP/1.1\r\n", 10],
    ["LF after the last size", "0\n\r\n", 1],
    ["LF as the end", "0\r\n\n", 3],
    ["CR CR as the end", "0\r\n\r\r", 4],
    ["a trailer without a colon", "0\r\nX\r\n\r\n", 4],
    ["a trailer without a name", "0\r\n: x\r\n\r\n", 3],
    ["white space before a trailer's colon", "0\r\nX : y\r\n\r\n", 4],
    ["a folded trailer", "0\r\nX: y\r\n z\r\n\r\n", 9],
    ["LF after a trailer", "0\r\nX: y\n\r\n", 7],
    ["NUL in a trailer", "0\r\nX: \0\r\n\r\n", 6],
  ])("refuses %s at the first wrong byte", (_, text, taken) => {
    const bytes = Buffer.from(text, "latin1");
    expect(feed([bytes])).toEqual({ taken, status: "bad" });
    expect(feed(byteByByte(bytes))).toEqual({ taken, status: "bad" });
  });

  it("bounds size lines and trailers", () => {
    const digits = 1;
    expect(scan(`1;${"x".repeat(4095)}\r\n`).status).toBe("more");
    expect(scan(`1;${"x".repeat(4096)}`)).toEqual({ taken: 4096 + digits, status: "bad" });
    expect(scan(`0\r\nX:${"x".repeat(4094)}\r\n\r\n`).status).toBe("done");
    expect(scan(`0\r\nX:${"x".repeat(4095)}`).status).toBe("bad");
    const line = `X:${"y".repeat(996)}\r\n`;
    expect(scan(`0\r\n${line.repeat(16)}\r\n`).status).toBe("done");
    expect(scan(`0\r\n${line.repeat(17)}\r\n`).status).toBe("bad");
    expect(scan(`1;${"x".repeat(4000)}\r\nA\r\n`.repeat(10)).status).toBe("more");
  });

  it("stays done or bad, and takes nothing more", () => {
    for (const [text, status] of [
      ["0\r\n\r\n", "done"],
      ["x", "bad"],
    ] as const) {
      const scanner = new ChunkedScanner();
      scanner.push(Buffer.from(text));
      expect(scanner.push(Buffer.from("0\r\n\r\n"))).toEqual({ taken: 0, status });
    }
  });

  it("gives the same answer for any split of any bytes", () => {
    const part = fc.constantFrom(
      "0",
      "5",
      "a",
      "\r\n",
      "\r",
      "\n",
      "hello",
      ";",
      " ",
      "X:",
      small,
      withTrailers,
      "5\r\nhello\r\n",
      "0\r\n\r\n",
    );
    const text = fc.oneof(
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join("")),
      fc.constantFrom(small, withTrailers),
    );
    fc.assert(
      fc.property(text, fc.array(fc.nat(20), { maxLength: 30 }), (body, sizes) => {
        const bytes = Buffer.from(body, "latin1");
        const pieces: Buffer[] = [];
        let start = 0;
        for (const size of sizes) {
          pieces.push(bytes.subarray(start, start + size));
          start += size;
        }
        expect(feed([...pieces, bytes.subarray(start)])).toEqual(feed([bytes]));
      }),
      { numRuns: 3000 },
    );
  });

  it("finds the end of whatever is encoded", () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 8 }), fc.uint8Array({ maxLength: 20 }), (chunks, behind) => {
        const body = Buffer.concat([
          ...chunks.flatMap((data) => [Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n")]),
          Buffer.from("0\r\n\r\n"),
        ]);
        expect(feed([Buffer.concat([body, behind])])).toEqual({ taken: body.length, status: "done" });
      }),
    );
  });

  it("scans a gigabyte of 64 KiB chunks well under a second", () => {
    const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536), Buffer.from("\r\n")]);
    const scanner = new ChunkedScanner();
    const start = performance.now();
    for (let count = 0; count < 16_384; count += 1) expect(scanner.push(chunk).taken === chunk.length).toBe(true);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
