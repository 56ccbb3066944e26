import { describe, expect, it } from "vitest";
import { encodeSocks4Reply, parseSocks4Request, socks4Reply } from "@/lib/protocols/socks4";
import { expectEverySplit, expectSoundParser } from "./feed";

const request = (address: number[], user: string, name: string | null = null): Buffer =>
  Buffer.from([
    ...[4, 1, 1, 187, ...address],
    ...Buffer.from(`${user}\0`),
    ...(name === null ? [] : Buffer.from(`${name}\0`)),
  ]);

const asked = { command: 1, port: 443 };
const name = { kind: "name", name: "host.example" };
const address = (text: string) => ({ kind: "address", address: text });

const messages: [what: string, message: Buffer, value: object][] = [
  ["an address", request([192, 0, 2, 1], "ue"), { ...asked, user: "ue", host: address("192.0.2.1") }],
  ["an address and no user id", request([192, 0, 2, 1], ""), { ...asked, user: "", host: address("192.0.2.1") }],
  ["0.0.0.0, which is no 4A", request([0, 0, 0, 0], "ue"), { ...asked, user: "ue", host: address("0.0.0.0") }],
  ["0.0.1.0, which is no 4A", request([0, 0, 1, 0], "ue"), { ...asked, user: "ue", host: address("0.0.1.0") }],
  ["a name", request([0, 0, 0, 1], "ue:right", "Host.Example."), { ...asked, user: "ue:right", host: name }],
  ["a name under 0.0.0.255", request([0, 0, 0, 255], "", "host.example"), { ...asked, user: "", host: name }],
  ["an address as a name", request([0, 0, 0, 1], "", "0x7f.1"), { ...asked, user: "", host: address("127.0.0.1") }],
  ["a name that is no host", request([0, 0, 0, 1], "", "a b"), { ...asked, user: "", host: null }],
  ["an empty name", request([0, 0, 0, 1], "", ""), { ...asked, user: "", host: null }],
  [
    "a user id of 511 bytes",
    request([192, 0, 2, 1], "u".repeat(511)),
    { ...asked, user: "u".repeat(511), host: address("192.0.2.1") },
  ],
];

describe("parseSocks4Request", () => {
  it.each(messages)("reads %s, whole, in pieces and twice", (_, message, value) => {
    expectEverySplit(parseSocks4Request, message, value);
  });

  it.each([
    ["a user id", request([192, 0, 2, 1], "u".repeat(512))],
    ["a name", request([0, 0, 0, 1], "", "n".repeat(256))],
  ])("refuses %s over its limit before its end is there", (_, message) => {
    const verdict = { status: "bad", isTooLarge: true };
    expect(parseSocks4Request(message)).toMatchObject(verdict);
    expect(parseSocks4Request(message.subarray(0, -1))).toMatchObject(verdict);
    expect(parseSocks4Request(message.subarray(0, -2))).toEqual({ status: "more" });
  });

  it("is sound for any bytes", () => {
    expectSoundParser(
      parseSocks4Request,
      messages.map(([, message]) => message),
    );
  });
});

describe("encodeSocks4Reply", () => {
  it.each(Object.values(socks4Reply))("says %i after a version of 0", (code) => {
    expect(encodeSocks4Reply(code)).toEqual(Buffer.from([0, code, 0, 0, 0, 0, 0, 0]));
  });
});
