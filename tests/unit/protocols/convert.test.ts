import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ConvertTlv,
  convertError,
  encodeConvert,
  encodeConvertEcho,
  encodeConvertError,
  isConvertAddress,
  parseConvert,
} from "@/lib/protocols/convert";
import { normaliseHost } from "@/lib/protocols/host";
import { expectEverySplit, expectSoundParser } from "./feed";

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ""), "hex");
const none = Buffer.alloc(0);
const connect = (address: string, port: number): ConvertTlv => ({ type: "connect", address, port, options: [] });

/** Each message by hand, as the figures of RFC 8803 §6 draw it. */
const messages: [what: string, wire: string, tlvs: ConvertTlv[]][] = [
  ["Info", "01 02 2263  01 01 0000", [{ type: "info" }]],
  ["Connect to IPv4", "01 06 2263  0a 05 01bb 00000000 00000000 0000ffff c0000201", [connect("192.0.2.1", 443)]],
  ["Connect to IPv6", "01 06 2263  0a 05 0050 20010db8 00000000 00000000 00000001", [connect("2001:db8::1", 80)]],
  [
    "Connect with TCP options",
    "01 09 2263  0a 08 0050 20010db8 00000000 00000000 00000001  1e02 220a 0102030405060708",
    [
      {
        type: "connect",
        address: "2001:db8::1",
        port: 80,
        options: [
          { kind: 30, value: none },
          { kind: 34, value: hex("0102030405060708") },
        ],
      },
    ],
  ],
  [
    "Extended TCP Header",
    "01 03 2263  14 02 0000 04020101",
    [{ type: "extended-tcp-header", header: hex("04020101") }],
  ],
  [
    "Supported TCP Extensions",
    "01 03 2263  15 02 0000 1e220000",
    [{ type: "supported-tcp-extensions", kinds: [30, 34] }],
  ],
  ["Cookie", "01 03 2263  16 02 0000 01026100", [{ type: "cookie", cookie: hex("01026100") }]],
  ["Error", "01 02 2263  1e 01 61 03", [{ type: "error", code: 97, value: hex("03") }]],
  [
    "Missing Cookie with one",
    "01 03 2263  1e 02 03 00 aabbccdd",
    [{ type: "error", code: 3, value: hex("00aabbccdd") }],
  ],
  ["a name", "01 04 2263  c0 03 07 612e6f6e 652e78 0000", [{ type: "name", name: "a.one.x" }]],
  ["an unknown TLV", "01 02 2263  c8 01 0102", [{ type: "unknown", code: 200, value: hex("0102") }]],
  [
    "several TLVs",
    "01 07 2263  01 01 0000  0a 05 01bb 00000000 00000000 0000ffff c0000201",
    [{ type: "info" }, connect("192.0.2.1", 443)],
  ],
];

describe("parseConvert", () => {
  it.each(messages)("takes %s, at every split, and two at once", (_, wire, tlvs) => {
    const bytes = hex(wire);
    expectEverySplit(parseConvert, bytes, { kind: "tlvs", tlvs, bytes });
    expect(encodeConvert(tlvs)).toEqual(bytes);
  });

  it.each([
    ["no TLV", "01 01 2263"],
    ["a TLV of no length", "01 02 2263 01 00 0000"],
    ["a TLV that is longer than the message", "01 02 2263 0a 05 0050"],
    ["the same TLV twice", "01 03 2263 01 01 0000 01 01 0000"],
    ["a long Info TLV", "01 03 2263 01 02 0000 00000000"],
    ["a short Connect TLV", "01 05 2263 0a 04 0050 00000000 00000000 00000000"],
    ["a TCP option of length 1", `01 07 2263 0a 06 0050 ${"00".repeat(16)} 1e010000`],
    ["a TCP option beyond the end", `01 07 2263 0a 06 0050 ${"00".repeat(16)} 1e090000`],
    ["a TCP option after the padding", `01 07 2263 0a 06 0050 ${"00".repeat(16)} 00001e02`],
    ["a name beyond the end", "01 02 2263 c0 01 04 61"],
    ["a name that is an address", "01 03 2263 c0 02 07 312e322e 33"],
    ["a name with bytes behind it", "01 03 2263 c0 02 01 61 00000001"],
    ["an empty name", "01 02 2263 c0 01 00 00"],
  ])("says malformed of %s", (_, wire) => {
    const padded = hex(wire);
    const bytes = Buffer.concat([padded, Buffer.alloc((4 - (padded.length % 4)) % 4)]);
    const parsed = parseConvert(bytes);
    expect(parsed).toMatchObject({ status: "done", consumed: bytes.length, value: { kind: "malformed", bytes } });
  });

  it("passes over NOP and padding among TCP options", () => {
    const parsed = parseConvert(hex(`01 07 2263 0a 06 0050 ${"00".repeat(16)} 01010402`));
    expect(parsed).toMatchObject({ value: { tlvs: [{ options: [{ kind: 4, value: none }] }] } });
  });

  it("takes the fixed header alone of another version", () => {
    const bytes = hex("02 ff 2263");
    expectEverySplit(parseConvert, bytes, { kind: "other-version", version: 2, bytes });
  });

  it.each([
    ["a total length of zero, which is reset", "01 00"],
    ["another magic number", "01 02 22 64"],
    ["HTTP", Buffer.from("GET").toString("hex")],
  ])("refuses %s", (_, wire) => {
    expect(parseConvert(hex(wire)).status).toBe("bad");
  });

  it("never throws, and its verdict holds, whatever comes", () => {
    expectSoundParser(
      parseConvert,
      messages.map(([, wire]) => hex(wire)),
    );
  });

  it("reads back whatever is written", () => {
    const addresses = fc
      .oneof(fc.ipV4(), fc.ipV6())
      .map((text) => normaliseHost(text))
      .filter((host) => host?.kind === "address")
      .map((host) => (host?.kind === "address" ? host.address : ""));
    const bytes = (length: number) =>
      fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
    const option = fc.record({ kind: fc.integer({ min: 2, max: 255 }), value: fc.nat(38).chain(bytes) });
    const words = (max: number) => fc.nat(max).chain((count) => bytes(count * 4));
    const tlv: fc.Arbitrary<ConvertTlv> = fc.oneof(
      fc.constant<ConvertTlv>({ type: "info" }),
      fc.record({
        type: fc.constant("connect" as const),
        address: addresses,
        port: fc.nat(65_535),
        options: fc.array(option, { maxLength: 4 }),
      }),
      fc.record({ type: fc.constant("extended-tcp-header" as const), header: words(10) }),
      fc.record({
        type: fc.constant("supported-tcp-extensions" as const),
        kinds: fc.array(fc.integer({ min: 3, max: 255 }), { maxLength: 20 }),
      }),
      fc.record({ type: fc.constant("cookie" as const), cookie: words(60) }),
      fc.record({
        type: fc.constant("error" as const),
        code: fc.nat(255),
        value: fc.nat(20).chain((count) => bytes(count * 4 + 1)),
      }),
      fc.record({ type: fc.constant("name" as const), name: fc.domain().filter((name) => name.length < 250) }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(tlv, { minLength: 1, maxLength: 4, selector: ({ type }) => type }), (tlvs) => {
        const wire = encodeConvert(tlvs);
        expect(wire.length % 4).toBe(0);
        expect(parseConvert(wire)).toEqual({
          status: "done",
          value: { kind: "tlvs", tlvs, bytes: wire },
          consumed: wire.length,
        });
      }),
    );
  });
});

describe("encodeConvert", () => {
  it("fills a message to 1020 bytes, and says RangeError beyond", () => {
    const cookie = (length: number): ConvertTlv[] => [{ type: "cookie", cookie: Buffer.alloc(length, 1) }];
    expect(encodeConvert(cookie(1012))).toHaveLength(1020);
    expect(() => encodeConvert(cookie(1013))).toThrow(RangeError);
  });

  it("echoes as much of a message as fits", () => {
    expect(encodeConvertEcho(convertError.malformedMessage, hex("01 02 2263 01 00 0000"))).toEqual(
      hex("01 04 2263  1e 03 01 00  01 02 2263 01 00 0000"),
    );
    expect(encodeConvertEcho(convertError.malformedMessage, Buffer.alloc(1020, 1))).toHaveLength(1020);
  });

  it("sets the value of a bare error to zero", () => {
    expect(encodeConvertError(convertError.notAuthorized)).toEqual(hex("01 02 2263 1e 01 20 00"));
  });
});

describe("isConvertAddress", () => {
  it.each([
    ["192.0.2.1", true],
    ["10.0.0.1", true],
    ["2001:db8::1", true],
    ["127.0.0.1", false],
    ["224.0.0.1", false],
    ["239.255.255.255", false],
    ["240.0.0.1", true],
    ["255.255.255.255", false],
    ["::1", false],
    ["ff02::1", false],
  ])("of %s is %s", (address, is) => {
    expect(isConvertAddress(address)).toBe(is);
  });
});
