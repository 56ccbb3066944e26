import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeProxyHeader, parseProxyHeader } from "@/lib/protocols/proxy-protocol";
import { expectEverySplit, expectSoundParser } from "./feed";

const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const v2 = (versionAndCommand: number, family: number, block: Buffer, length = block.length): Buffer =>
  Buffer.concat([signature, Buffer.from([versionAndCommand, family, length >> 8, length & 255]), block]);
const v4Block = Buffer.from("c0000201c6336401dc0401bb", "hex");
const v6Block = Buffer.from(`20010db8${"0".repeat(23)}120010db8${"0".repeat(23)}2dc0401bb`, "hex");
const line = (text: string): Buffer => Buffer.from(`${text}\r\n`, "latin1");

const v4Ends = {
  source: { address: "192.0.2.1", port: 56_324 },
  destination: { address: "198.51.100.1", port: 443 },
};
const v6Ends = {
  source: { address: "2001:db8::1", port: 56_324 },
  destination: { address: "2001:db8::2", port: 443 },
};
const crc = Buffer.from("03000400000000", "hex");

const messages: [what: string, message: Buffer, ends: object | null][] = [
  ["version 2 over IPv4", v2(0x21, 0x11, v4Block), v4Ends],
  ["version 2 over IPv6", v2(0x21, 0x21, v6Block), v6Ends],
  ["version 2 with more fields behind the addresses", v2(0x21, 0x11, Buffer.concat([v4Block, crc])), v4Ends],
  ["version 2 of a health check", v2(0x20, 0x00, Buffer.alloc(0)), null],
  ["version 2 of a health check, with addresses that do not count", v2(0x20, 0x11, v4Block), null],
  ["version 2 of an unspecified family", v2(0x21, 0x00, Buffer.alloc(9)), null],
  ["version 2 from a UNIX socket", v2(0x21, 0x31, Buffer.alloc(216)), null],
  ["version 1 over IPv4", line("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443"), v4Ends],
  ["version 1 over IPv6", line("PROXY TCP6 2001:db8::1 2001:db8:0:0:0:0:0:2 56324 443"), v6Ends],
  ["version 1 of unknown ends", line("PROXY UNKNOWN"), null],
  ["version 1 of unknown ends with addresses", line("PROXY UNKNOWN ffff::1 ffff::2 65535 65535"), null],
];

describe("parseProxyHeader", () => {
  it.each(messages)("reads %s, whole, in pieces and twice", (_, message, ends) => {
    expectEverySplit(parseProxyHeader, message, { ends });
  });

  it.each([
    ["another protocol", Buffer.from("GET / HTTP/1.1\r\n")],
    ["SOCKS", Buffer.from([5, 1, 0])],
    ["another signature", Buffer.from("\r\n\r\n\0\r\nQUIX")],
    ["another version", v2(0x11, 0x11, v4Block)],
    ["another command", v2(0x22, 0x11, v4Block)],
    ["UDP", v2(0x21, 0x12, v4Block)],
    ["a block too short for its family", v2(0x21, 0x21, v4Block)],
    ["a line of another family", line("PROXY TCP4 2001:db8::1 2001:db8::2 1 2")],
    ["a line with a port over 65535", line("PROXY TCP4 192.0.2.1 192.0.2.2 1 65536")],
    ["a line that lacks an end", line("PROXY TCP4 192.0.2.1 1")],
    ["a line that begins with other words", Buffer.from("PROX1 ")],
  ])("refuses %s", (_, message) => {
    expect(parseProxyHeader(message).status).toBe("bad");
  });

  it("refuses what is over its limits before the end is there", () => {
    const verdict = { status: "bad", isTooLarge: true };
    expect(parseProxyHeader(v2(0x21, 0x11, v4Block, 4097))).toMatchObject(verdict);
    expect(parseProxyHeader(Buffer.from(`PROXY ${"x".repeat(101)}`))).toMatchObject(verdict);
    expect(parseProxyHeader(Buffer.from(`PROXY ${"x".repeat(100)}`))).toEqual({ status: "more" });
  });

  it("is sound for any bytes", () => {
    expectSoundParser(
      parseProxyHeader,
      messages.map(([, message]) => message),
    );
  });
});

describe("encodeProxyHeader", () => {
  it("writes the bytes of the specification", () => {
    expect(encodeProxyHeader(v4Ends)).toEqual(v2(0x21, 0x11, v4Block));
    expect(encodeProxyHeader(v6Ends)).toEqual(v2(0x21, 0x21, v6Block));
  });

  it("is read back, also where the ends are of two families", () => {
    const port = fc.nat(65_535);
    const v6 = fc
      .tuple(fc.nat(0xffff), fc.nat(0xffff))
      .map(([a, b]) => `2001:db8:1:1:1:1:${(a | 1).toString(16)}:${(b | 1).toString(16)}`);
    const end = fc.record({ address: fc.oneof(fc.ipV4(), v6), port });
    fc.assert(
      fc.property(end, end, (source, destination) => {
        const header = encodeProxyHeader({ source, destination });
        const value = { ends: { source, destination } };
        expect(parseProxyHeader(header)).toEqual({ status: "done", value, consumed: header.length });
      }),
    );
  });
});
