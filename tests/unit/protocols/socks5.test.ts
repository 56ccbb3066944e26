import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Host, normaliseHost } from "@/lib/protocols/host";
import {
  encodeSocksAuthReply,
  encodeSocksGreeting,
  encodeSocksMethod,
  encodeSocksReply,
  encodeSocksRequest,
  encodeSocksUserPassword,
  parseSocksAuthReply,
  parseSocksGreeting,
  parseSocksMethod,
  parseSocksReply,
  parseSocksRequest,
  parseSocksUserPassword,
  socksReply,
  socksReplyForErrno,
} from "@/lib/protocols/socks5";
import { expectCompletable, expectEverySplit, expectSoundParser } from "./feed";

const bytes = (...parts: (number[] | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))));
const name = (text: string): Host => ({ kind: "name", name: text });
const address = (text: string): Host => ({ kind: "address", address: text });
const zeros = Buffer.alloc(600);

/** 253 characters, the longest name DNS has. */
const longName = [63, 63, 63, 61].map((length) => "a".repeat(length)).join(".");

describe("greeting", () => {
  it.each([
    ["no method", bytes([5, 0]), []],
    ["one method", bytes([5, 1, 0]), [0]],
    ["two methods", bytes([5, 2, 0, 2]), [0, 2]],
    [
      "255 methods",
      bytes(
        [5, 255],
        Array.from({ length: 255 }, (_, index) => index),
      ),
      Array.from({ length: 255 }, (_, index) => index),
    ],
  ])("%s", (_, message, methods) => {
    expectEverySplit(parseSocksGreeting, message, { methods });
    expect(encodeSocksGreeting(methods)).toEqual(message);
  });

  it.each([[0], [4], [6], [0x47], [255]])("refuses version %i at its first byte", (version) => {
    const reason = `SOCKS version ${version}`;
    expect(parseSocksGreeting(bytes([version]))).toEqual({ status: "bad", reason, isTooLarge: false });
  });

  it("is sound and completable", () => {
    const messages = [bytes([5, 0]), bytes([5, 3, 0, 1, 2])];
    expectSoundParser(parseSocksGreeting, messages);
    expectCompletable(parseSocksGreeting, messages, [zeros, bytes([5], [...zeros])]);
  });
});

describe("method", () => {
  it.each([0, 2, 255])("%i", (method) => {
    expectEverySplit(parseSocksMethod, encodeSocksMethod(method), { method });
  });

  it("is sound", () => {
    expect(parseSocksMethod(bytes([4])).status).toBe("bad");
    expectSoundParser(parseSocksMethod, [encodeSocksMethod(2)]);
  });
});

describe("user and password", () => {
  const max = "p".repeat(255);
  it.each([
    ["device", "secret"],
    ["", ""],
    ["u", ""],
    ["", "p"],
    [max, max],
    ["장치", "비밀"],
    ["a\0b", "c\nd"],
  ])("%j, %j", (user, password) => {
    expectEverySplit(parseSocksUserPassword, encodeSocksUserPassword(user, password), { user, password });
  });

  it("refuses to encode over 255 bytes of UTF-8", () => {
    expect(() => encodeSocksUserPassword(`${max}p`, "")).toThrow(RangeError);
    expect(() => encodeSocksUserPassword("", "비".repeat(86))).toThrow(RangeError);
  });

  it("refuses another version, SOCKS 5's own included", () => {
    expect(parseSocksUserPassword(bytes([5])).status).toBe("bad");
    expect(parseSocksUserPassword(bytes([0])).status).toBe("bad");
  });

  it("round-trips, and is sound and completable", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 40 });
    fc.assert(
      fc.property(text, text, (user, password) => {
        fc.pre(Buffer.byteLength(user) <= 255 && Buffer.byteLength(password) <= 255);
        const message = encodeSocksUserPassword(user, password);
        expect(parseSocksUserPassword(message)).toEqual({
          status: "done",
          value: { user, password },
          consumed: message.length,
        });
      }),
    );
    const messages = [encodeSocksUserPassword("device", "secret"), encodeSocksUserPassword("", "")];
    expectSoundParser(parseSocksUserPassword, messages);
    expectCompletable(parseSocksUserPassword, messages, [zeros, bytes([1], [...zeros])]);
  });
});

describe("reply to user and password", () => {
  it.each([true, false])("%s", (isAccepted) => {
    expectEverySplit(parseSocksAuthReply, encodeSocksAuthReply(isAccepted), { isAccepted });
  });

  it("takes any status but 0 as a refusal, and is sound", () => {
    expect(parseSocksAuthReply(bytes([1, 0xff]))).toMatchObject({ value: { isAccepted: false } });
    expect(parseSocksAuthReply(bytes([5])).status).toBe("bad");
    expectSoundParser(parseSocksAuthReply, [encodeSocksAuthReply(true)]);
  });
});

describe("request", () => {
  it.each([
    ["IPv4", bytes([5, 1, 0, 1, 192, 0, 2, 1, 0, 80]), 1, address("192.0.2.1"), 80],
    [
      "IPv6",
      bytes([5, 1, 0, 4, 0x20, 1, 0xd, 0xb8], Array<number>(11).fill(0), [1, 1, 187]),
      1,
      address("2001:db8::1"),
      443,
    ],
    [
      "IPv4-mapped",
      bytes([5, 1, 0, 4], Array<number>(10).fill(0), [255, 255, 127, 0, 0, 1, 0, 80]),
      1,
      address("127.0.0.1"),
      80,
    ],
    ["unspecified IPv6", bytes([5, 1, 0, 4], Array<number>(16).fill(0), [0, 80]), 1, address("::"), 80],
    ["a name", bytes([5, 1, 0, 3, 11], "example.com", [0, 80]), 1, name("example.com"), 80],
    ["a name to normalise", bytes([5, 1, 0, 3, 12], "EXAMPLE.com.", [0, 80]), 1, name("example.com"), 80],
    [
      "UTF-8 in a name",
      bytes([5, 1, 0, 3, 15], "b\xc3\xbccher.example", [0, 80]),
      1,
      name("xn--bcher-kva.example"),
      80,
    ],
    ["bytes that are no UTF-8", bytes([5, 1, 0, 3, 9], "b\xfc.sample", [0, 80]), 1, null, 80],
    ["a numeric name", bytes([5, 1, 0, 3, 5], "127.1", [0, 80]), 1, address("127.0.0.1"), 80],
    ["the longest name", bytes([5, 1, 0, 3, 253], longName, [0, 80]), 1, name(longName), 80],
    ["255 bytes with a dot", bytes([5, 1, 0, 3, 254], `${longName}.`, [0, 80]), 1, name(longName), 80],
    ["255 bytes of one label", bytes([5, 1, 0, 3, 255], "a".repeat(255), [0, 80]), 1, null, 80],
    ["255 NUL", bytes([5, 1, 0, 3, 255], "\0".repeat(255), [0, 80]), 1, null, 80],
    ["an empty name", bytes([5, 1, 0, 3, 0], [0, 80]), 1, null, 80],
    ["a path behind a name", bytes([5, 1, 0, 3, 9], "a.test/b?", [0, 80]), 1, null, 80],
    ["TAB in a name", bytes([5, 1, 0, 3, 7], "a\t.test", [0, 80]), 1, null, 80],
    ["%2e in a name", bytes([5, 1, 0, 3, 8], "a%2etest", [0, 80]), 1, null, 80],
    ["port 0", bytes([5, 1, 0, 1, 192, 0, 2, 1, 0, 0]), 1, address("192.0.2.1"), 0],
    ["port 65535", bytes([5, 1, 0, 1, 192, 0, 2, 1, 255, 255]), 1, address("192.0.2.1"), 65_535],
    ["BIND", bytes([5, 2, 0, 1, 0, 0, 0, 0, 0, 80]), 2, address("0.0.0.0"), 80],
    ["UDP ASSOCIATE", bytes([5, 3, 0, 1, 0, 0, 0, 0, 0, 0]), 3, address("0.0.0.0"), 0],
    ["an unknown command, RSV set", bytes([5, 200, 9, 1, 192, 0, 2, 1, 0, 80]), 200, address("192.0.2.1"), 80],
  ])("%s", (_, message, command, host, port) => {
    expectEverySplit(parseSocksRequest, message, { command, host, port, isKnownAddressType: true });
  });

  it.each([0, 2, 5, 255])("tells that address type %i is unknown, without waiting for an address", (type) => {
    const value = { command: 1, host: null, port: 0, isKnownAddressType: false };
    expectEverySplit(parseSocksRequest, bytes([5, 1, 0, type]), value);
  });

  it("leaves payload that came with the request", () => {
    const message = bytes([5, 1, 0, 1, 192, 0, 2, 1, 0, 80], "GET / HTTP/1.1\r\n");
    expect(parseSocksRequest(message)).toMatchObject({ status: "done", consumed: 10 });
  });

  it("round-trips every host and port", () => {
    const host = fc
      .oneof(fc.ipV4(), fc.ipV6(), fc.domain({ size: "large" }))
      .map(normaliseHost)
      .filter((value) => value !== null);
    fc.assert(
      fc.property(fc.nat(255), host, fc.nat(65_535), (command, value, port) => {
        const message = encodeSocksRequest(command, value, port);
        const whole = { command, host: value, port, isKnownAddressType: true };
        expect(parseSocksRequest(message)).toEqual({ status: "done", value: whole, consumed: message.length });
      }),
      { numRuns: 1000 },
    );
  });

  it("is sound and completable", () => {
    const messages = [
      encodeSocksRequest(1, name("video.example.com"), 443),
      encodeSocksRequest(1, address("192.0.2.1"), 80),
      encodeSocksRequest(1, address("2001:db8::1"), 80),
    ];
    expectSoundParser(parseSocksRequest, messages);
    expectCompletable(parseSocksRequest, messages, [zeros, bytes([5], [...zeros])]);
  });
});

describe("reply", () => {
  it.each([
    ["0.0.0.0", [1, 0, 0, 0, 0]],
    ["192.0.2.1", [1, 192, 0, 2, 1]],
    ["::ffff:192.0.2.1", [1, 192, 0, 2, 1]],
    ["2001:db8::1", [4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ["64:ff9b::192.0.2.33", [4, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33]],
    ["fe80::1%eth0", [1, 0, 0, 0, 0]],
    ["no.address.example", [1, 0, 0, 0, 0]],
  ])("from %s", (text, expected) => {
    const message = bytes([5, 0, 0], expected, [0x12, 0x34]);
    expect(encodeSocksReply(socksReply.succeeded, text, 0x1234)).toEqual(message);
    expectEverySplit(parseSocksReply, message, { code: 0 });
  });

  it("takes a name as bound address, and no unknown address type", () => {
    expectEverySplit(parseSocksReply, bytes([5, 4, 0, 3, 4], "a.b.", [0, 0]), { code: 4 });
    expect(parseSocksReply(bytes([5, 0, 0, 2])).status).toBe("bad");
  });

  it("is sound and completable", () => {
    const messages = [encodeSocksReply(socksReply.notAllowed), encodeSocksReply(0, "2001:db8::1", 1)];
    expectSoundParser(parseSocksReply, messages);
    const start = bytes([0, 0, 1], [...zeros]);
    expectCompletable(parseSocksReply, messages, [
      zeros,
      start,
      start.subarray(1),
      start.subarray(2),
      bytes([5], [...start]),
    ]);
  });

  it.each([
    ["ECONNREFUSED", 5],
    ["ENETUNREACH", 3],
    ["ENETDOWN", 3],
    ["EHOSTUNREACH", 4],
    ["ENOTFOUND", 4],
    ["ETIMEDOUT", 6],
    ["EMFILE", 1],
    ["", 1],
  ])("for %s is %i", (code, reply) => {
    expect(socksReplyForErrno(code)).toBe(reply);
  });
});
