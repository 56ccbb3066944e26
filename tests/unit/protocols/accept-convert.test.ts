import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AcceptOptions, acceptRequest, FrontRefusal, refusalForErrno } from "@/lib/protocols/accept-request";
import { type ConvertTlv, encodeConvert, parseConvert } from "@/lib/protocols/convert";
import { encodeConvertCookie, encodeConvertRequest } from "@/lib/protocols/request-through-convert";
import { socksReply } from "@/lib/protocols/socks5";
import { errorCode } from "@/lib/shared/errors";
import { hostileBytes } from "./feed";
import { byteByByte, ScriptedStream } from "./scripted-stream";

const guarded: AcceptOptions<string> = {
  authenticate: async (user, password) => (user === "ue" && password === "right" ? `the ${user}` : null),
  viaName: "test",
  tcpExtensions: [30],
};
const open: AcceptOptions<string> = { ...guarded, authenticate: null };
const cookie: ConvertTlv = { type: "cookie", cookie: encodeConvertCookie("ue", "right") };
const connect: ConvertTlv = { type: "connect", address: "192.0.2.1", port: 443, options: [] };
const credentials = { user: "ue", password: "right" };

async function accept(bytes: Buffer | Buffer[], options = guarded) {
  const stream = new ScriptedStream(Array.isArray(bytes) ? bytes : [bytes]);
  const { request, identity } = await acceptRequest(stream, options);
  if (request.kind !== "tunnel") throw new Error("Convert asks for tunnels only");
  return { request, identity };
}

/** The TLVs that a refused message is answered with; null: none. */
async function refusal(bytes: Buffer, options = guarded): Promise<ConvertTlv[] | null> {
  const error = await accept(bytes, options).catch((caught: unknown) => caught);
  if (!(error instanceof FrontRefusal)) throw error;
  if (error.bytes === null) return null;
  const parsed = parseConvert(error.bytes);
  return parsed.status === "done" && parsed.value.kind === "tlvs" ? parsed.value.tlvs : [];
}

describe("a Convert request", () => {
  it.each([
    ["an address", { kind: "address", address: "192.0.2.1" }],
    ["an IPv6 address", { kind: "address", address: "2001:db8::1" }],
    ["a name", { kind: "name", name: "host.example" }],
  ] as const)("to %s is taken whole and byte by byte, with the bytes behind it", async (_, host) => {
    const bytes = Buffer.concat([encodeConvertRequest(credentials, host, 443), Buffer.from("early")]);
    const whole = await accept(bytes);
    expect(whole.identity).toBe("the ue");
    expect(whole.request).toMatchObject({ protocol: "convert", host, port: 443, kind: "tunnel" });
    expect(whole.request.rest.toString()).toBe("early");
    expect(whole.request.established).toEqual(Buffer.from("010222631401 0000".replace(" ", ""), "hex"));
    const split = await accept(byteByByte(bytes.subarray(0, -5)));
    expect(split.request).toMatchObject({ host, port: 443, rest: Buffer.alloc(0) });
  });

  it("needs no cookie where nobody needs credentials", async () => {
    expect((await accept(encodeConvert([connect]), open)).identity).toBeNull();
  });

  it("answers an Info TLV beside it", async () => {
    const { request } = await accept(encodeConvert([{ type: "info" }, connect, cookie]));
    const parsed = parseConvert(request.established);
    expect(parsed).toMatchObject({
      value: { tlvs: [{ type: "supported-tcp-extensions", kinds: [30] }, { type: "extended-tcp-header" }] },
    });
  });

  it("may carry TCP options that a converter ignores", async () => {
    const options = [2, 3, 5].map((kind) => ({ kind, value: Buffer.alloc(2) }));
    expect((await accept(encodeConvert([{ ...connect, options }, cookie]))).request.port).toBe(443);
  });
});

describe("what cannot be done is answered by an Error TLV", () => {
  const error = (code: number, value = "00"): ConvertTlv[] => [
    { type: "error", code, value: Buffer.from(value, "hex") },
  ];
  const echo = (code: number, message: Buffer): ConvertTlv[] => error(code, `00${message.toString("hex")}`);

  it("another version: Unsupported Version with ours", async () => {
    expect(await refusal(Buffer.from("02072263", "hex"))).toEqual(error(0, "01"));
    expect(await refusal(Buffer.from("00072263", "hex"))).toEqual(error(0, "01"));
  });

  it.each([
    ["a malformed one", Buffer.from("0102226301000000", "hex")],
    ["one that asks nothing", encodeConvert([cookie])],
    ["loopback", encodeConvert([{ ...connect, address: "127.0.0.1" }, cookie])],
    ["multicast", encodeConvert([{ ...connect, address: "ff02::1" }, cookie])],
    ["broadcast", encodeConvert([{ ...connect, address: "255.255.255.255" }, cookie])],
    ["no address and no name", encodeConvert([{ ...connect, address: "::" }, cookie])],
    ["port 0", encodeConvert([{ ...connect, port: 0 }, cookie])],
  ])("%s: Malformed Message with its echo", async (_, message) => {
    expect(await refusal(message)).toEqual(echo(1, message));
  });

  it.each([
    ["type 0", { type: "unknown", code: 0, value: Buffer.alloc(2) }],
    ["an unknown type", { type: "unknown", code: 99, value: Buffer.alloc(2) }],
    ["a converter's own", { type: "extended-tcp-header", header: Buffer.alloc(0) }],
  ] as [string, ConvertTlv][])("%s: Unsupported Message with its echo", async (_, tlv) => {
    const message = encodeConvert([connect, cookie, tlv]);
    expect(await refusal(message)).toEqual(echo(2, message));
  });

  it.each([
    ["no cookie", []],
    ["a wrong secret", [{ type: "cookie", cookie: encodeConvertCookie("ue", "wrong") }]],
    ["a cookie that is none", [{ type: "cookie", cookie: Buffer.from("abcd") }]],
    ["a cookie that is cut short", [{ type: "cookie", cookie: Buffer.from([1, 200, 97, 98]) }]],
  ] as [string, ConvertTlv[]][])("%s: Not Authorized", async (_, cookies) => {
    expect(await refusal(encodeConvert([connect, ...cookies]))).toEqual(error(32));
  });

  it("TCP options for the server: Unsupported TCP Option with their kinds", async () => {
    const options = [30, 3, 34].map((kind) => ({ kind, value: Buffer.alloc(0) }));
    expect(await refusal(encodeConvert([{ ...connect, options }, cookie]))).toEqual(error(33, "1e22000000"));
  });

  it("an error is not answered", async () => {
    expect(await refusal(encodeConvert(error(1)))).toBeNull();
  });

  it("an Info TLV alone is answered with what is supported", async () => {
    const answer = await refusal(encodeConvert([{ type: "info" }, cookie]));
    expect(answer).toEqual([{ type: "supported-tcp-extensions", kinds: [30] }]);
    expect(await refusal(encodeConvert([{ type: "info" }]))).toEqual(error(32));
  });

  it("a total length of zero is reset", async () => {
    await expect(accept(Buffer.from("01002263", "hex"))).rejects.toMatchObject({ code: "PROTOCOL_BAD" });
  });

  it.each([
    ["ECONNREFUSED", 96, "00"],
    ["ECONNRESET", 96, "00"],
    ["ENETUNREACH", 97, "00"],
    ["EHOSTUNREACH", 97, "01"],
    ["ENOTFOUND", 97, "01"],
    ["ETIMEDOUT", 65, "01"],
    ["EMFILE", 64, "01"],
    ["EADDRNOTAVAIL", 64, "01"],
    ["EIO", 65, "01"],
  ])("a destination that fails with %s: error %i", async (errno, code, value) => {
    const { request } = await accept(encodeConvert([connect, cookie]));
    const answer = parseConvert(request.refuse(refusalForErrno(errno, "it")).bytes ?? Buffer.alloc(0));
    expect(answer).toMatchObject({ value: { tlvs: error(code, value) } });
  });

  it.each([
    ["by policy", socksReply.notAllowed, 403, 32, "00"],
    ["for want of a policy", socksReply.generalFailure, 503, 64, "01"],
  ] as const)("a destination refused %s", async (_, socks, http, code, value) => {
    const { request } = await accept(encodeConvert([connect, cookie]));
    const answer = parseConvert(request.refuse({ socks, http, text: "" }).bytes ?? Buffer.alloc(0));
    expect(answer).toMatchObject({ value: { tlvs: error(code, value) } });
  });
});

it("whatever comes ends with a request or a declared error", async () => {
  const samples = [
    encodeConvert([{ type: "info" }, connect, cookie]),
    encodeConvertRequest(credentials, { kind: "name", name: "host.example" }, 80),
  ];
  await fc.assert(
    fc.asyncProperty(hostileBytes(samples), async (bytes) => {
      const error = await accept(Buffer.concat([Buffer.from([1]), bytes.subarray(1)])).catch((caught) => caught);
      const isDeclared = ["PROTOCOL_REFUSED", "PROTOCOL_BAD", "PROTOCOL_ENDED"].includes(errorCode(error) ?? "");
      expect("request" in error || isDeclared).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
