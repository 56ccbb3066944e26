import dnsPacket from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  hasSameQuestion,
  isResponse,
  readLesson,
  readQuestion,
  refuseQuery,
} from "@/lib/agent/transparent/dns-message";
import { readServiceBinding } from "@/lib/agent/transparent/service-binding";

const edns = [{ type: "OPT" as const, name: ".", udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0, flags: 0 }];
const query = (name: string, type: "A" | "AAAA" = "A"): Buffer =>
  dnsPacket.encode({
    type: "query",
    id: 7,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type, name }],
    additionals: edns.map((option) => ({ ...option, flag_do: false, options: [] })),
  });
const response = (name: string, answers: dnsPacket.Answer[]): Buffer =>
  dnsPacket.encode({ type: "response", id: 7, questions: [{ type: "A", name }], answers });

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
/** Priority 1, target ".", alpn h3, ipv4hint 192.0.2.7 and .8, ipv6hint 2001:db8::7. */
const binding = hex("0001 00 0001 0003 02 6833 0004 0008 c0000207c0000208 0006 0010 20010db8000000000000000000000007");

describe("a question", () => {
  it("is read with its name as white-lists know it, EDNS or not", () => {
    expect(readQuestion(query("Video.EXAMPLE"))).toEqual({ name: "video.example", type: "A", isStandardQuery: true });
    expect(isResponse(query("a.example"))).toBe(false);
    expect(isResponse(response("a.example", []))).toBe(true);
  });

  it("is null for anything malformed, and never throws", () => {
    expect(readQuestion(Buffer.alloc(0))).toBeNull();
    expect(readQuestion(query("a.example").subarray(0, 14))).toBeNull();
    const two = dnsPacket.encode({
      type: "query",
      questions: [
        { type: "A", name: "a.example" },
        { type: "A", name: "b.example" },
      ],
    });
    expect(readQuestion(two)).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const message = Buffer.from(bytes);
        readQuestion(message);
        readLesson(message);
        refuseQuery(message, "SERVFAIL");
        readServiceBinding(message);
        hasSameQuestion(message, query("a.example"));
      }),
    );
  });

  it("is compared without regard to case", () => {
    expect(hasSameQuestion(query("a.example"), response("A.Example", []))).toBe(true);
    expect(hasSameQuestion(query("a.example"), response("b.example", []))).toBe(false);
    expect(hasSameQuestion(query("a.example", "AAAA"), response("a.example", []))).toBe(false);
  });

  it("is refused with its own id and question", () => {
    const refused = dnsPacket.decode(refuseQuery(query("a.example"), "SERVFAIL") ?? Buffer.alloc(0));
    expect(refused).toMatchObject({ id: 7, type: "response", rcode: "SERVFAIL", flag_rd: true, answers: [] });
    expect(refused.questions).toEqual([{ name: "a.example", type: "A", class: "IN" }]);
  });
});

describe("a lesson", () => {
  it("is for the queried name, whatever aliases lie between", () => {
    const answer = response("Video.example", [
      { type: "CNAME", name: "video.example", ttl: 300, data: "edge.cdn.example" },
      { type: "A", name: "edge.cdn.example", ttl: 20, data: "192.0.2.1" },
      { type: "AAAA", name: "edge.cdn.example", ttl: 30, data: "2001:DB8:0::1" },
    ]);
    expect(readLesson(answer)).toEqual({
      name: "video.example",
      addresses: [
        { address: "192.0.2.1", ttlSeconds: 20 },
        { address: "2001:db8::1", ttlSeconds: 30 },
      ],
      targets: [],
    });
  });

  it("is nothing where there is no address", () => {
    expect(readLesson(response("video.example", []))).toBeNull();
    expect(readLesson(response("video.example", [{ type: "TXT", name: "video.example", data: "x" }]))).toBeNull();
  });

  it("counts hints and targets of HTTPS records", () => {
    const record = (data: Buffer): dnsPacket.Answer =>
      ({ type: "UNKNOWN_65", name: "video.example", ttl: 60, data }) as unknown as dnsPacket.Answer;
    const target = hex("0001 0465646765076578616d706c6500");
    expect(readLesson(response("video.example", [record(binding), record(target)]))).toEqual({
      name: "video.example",
      addresses: [
        { address: "192.0.2.7", ttlSeconds: 60 },
        { address: "192.0.2.8", ttlSeconds: 60 },
        { address: "2001:db8::7", ttlSeconds: 60 },
      ],
      targets: [{ name: "edge.example", ttlSeconds: 60 }],
    });
  });
});

it("malformed service bindings are null", () => {
  for (let length = 0; length < binding.length; length += 1) {
    const cut = readServiceBinding(binding.subarray(0, length));
    expect(cut === null || cut.addressHints.length < 3).toBe(true);
  }
});
