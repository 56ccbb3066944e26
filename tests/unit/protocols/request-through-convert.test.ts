import { describe, expect, it } from "vitest";
import { type ConvertTlv, encodeConvert, encodeConvertError } from "@/lib/protocols/convert";
import { mayArriveTwice } from "@/lib/protocols/may-arrive-twice";
import { isConvertible, readConvertAnswer } from "@/lib/protocols/request-through-convert";
import { byteByByte, ScriptedStream } from "./scripted-stream";

const connected = encodeConvert([{ type: "extended-tcp-header", header: Buffer.alloc(8) }]);
const read = (...chunks: Buffer[]) => readConvertAnswer(new ScriptedStream(chunks));

describe("readConvertAnswer", () => {
  it("gives what came early behind it, at every split", async () => {
    expect(await read(Buffer.concat([connected, Buffer.from("early")]))).toEqual({
      code: 0,
      rest: Buffer.from("early"),
    });
    expect(await read(...byteByByte(connected))).toEqual({ code: 0, rest: Buffer.alloc(0) });
  });

  it.each([
    ["Not Authorized", 32, "00", 2],
    ["Connection Reset", 96, "00", 5],
    ["Destination Unreachable, network", 97, "00", 3],
    ["Destination Unreachable, host", 97, "01", 4],
    ["Network Failure", 65, "1e", 6],
    ["Resource Exceeded", 64, "01", 1],
  ])("gives %s as the SOCKS reply that says the same", async (_, code, value, reply) => {
    const answer = await read(encodeConvertError(code, Buffer.from(value, "hex")));
    expect(answer).toEqual({ code: reply, rest: Buffer.alloc(0) });
  });

  it.each([
    ["Unsupported Version", encodeConvertError(0, Buffer.from([2]))],
    ["Malformed Message", encodeConvertError(1)],
    ["Unsupported Message", encodeConvertError(2)],
    ["Missing Cookie", encodeConvertError(3)],
    ["Unsupported TCP Option", encodeConvertError(33)],
    ["an error nobody knows", encodeConvertError(200)],
    ["another version", Buffer.from("02022263", "hex")],
    ["a malformed message", Buffer.from("01012263", "hex")],
    ["something else", encodeConvert([{ type: "info" }] as ConvertTlv[])],
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["SOCKS", Buffer.from([5, 0xff])],
  ])("says CONVERT_NOT_SPOKEN for %s", async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: "CONVERT_NOT_SPOKEN" });
  });

  it("says CONVERT_NOT_SPOKEN where the proxy leaves at once, PROTOCOL_ENDED inside its answer", async () => {
    await expect(read()).rejects.toMatchObject({ code: "CONVERT_NOT_SPOKEN" });
    for (let length = 1; length < connected.length; length += 1)
      await expect(read(connected.subarray(0, length))).rejects.toMatchObject({ code: "PROTOCOL_ENDED" });
  });
});

describe("isConvertible", () => {
  it("is every name, and every address but loopback, multicast and broadcast", () => {
    expect(isConvertible({ kind: "name", name: "host.example" })).toBe(true);
    expect(isConvertible({ kind: "address", address: "192.0.2.1" })).toBe(true);
    expect(isConvertible({ kind: "address", address: "127.0.0.1" })).toBe(false);
  });
});

describe("mayArriveTwice", () => {
  it.each([
    ["nothing", "", true],
    ["a GET", "GET / HTTP/1.1\r\n", true],
    ["a HEAD", "HEAD /", true],
    ["a POST", "POST / HTTP/1.1\r\n", false],
    ["a method that only begins like one", "GETS /", false],
    ["a TLS ClientHello", "\x16\x03\x01\x02\x00\x01", true],
    ["another TLS record", "\x17\x03\x03\x00\x10\x01", false],
    ["a shell's greeting", "SSH-2.0-x\r\n", false],
  ])("of %s", (_, text, may) => {
    expect(mayArriveTwice(Buffer.from(text, "latin1"))).toBe(may);
  });
});
