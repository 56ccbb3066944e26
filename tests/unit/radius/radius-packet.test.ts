import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountingAttributes, attributeType } from "@/lib/radius/accounting-record";
import {
  type Attribute,
  decodeRadiusPacket,
  encodeAccountingRequest,
  isResponseTo,
  numberAttribute,
  textAttribute,
} from "@/lib/radius/radius-packet";
import { responseTo } from "@/tests/factories/radius-responder";

const secret = "xyzzy5461";
/** By hand: Code 4, Identifier 7, Length 49, MD5 by RFC 2866 §3, then Start, session "0001", "alice", NAS "twinpath". */
const request = Buffer.from(
  "04070031e74b636ebcd1f093c858f6766ae793092806000000012c06303030310107616c696365200a7477696e70617468",
  "hex",
);
const response = Buffer.from("0507001493364e5a6268828ee7027019bafec8d5", "hex");
const attributes = [
  numberAttribute(attributeType.acctStatusType, 1),
  textAttribute(attributeType.acctSessionId, "0001"),
  textAttribute(attributeType.userName, "alice"),
  textAttribute(attributeType.nasIdentifier, "twinpath"),
];

const anyAttribute: fc.Arbitrary<Attribute> = fc.record({
  type: fc.integer({ min: 1, max: 255 }),
  value: fc.uint8Array({ maxLength: 253 }).map((bytes) => Buffer.from(bytes)),
});

describe("an Accounting-Request", () => {
  it("is what RFC 2866 §3 says", () => {
    expect(encodeAccountingRequest(7, attributes, secret).toString("hex")).toBe(request.toString("hex"));
  });

  it("is read as it was written, and has an authenticator of its content", () => {
    const anyPacket = fc.record({
      identifier: fc.nat(255),
      attributes: fc.array(anyAttribute, { maxLength: 15 }),
      secret: fc.string({ minLength: 1 }),
    });
    fc.assert(
      fc.property(anyPacket, (packet) => {
        const bytes = encodeAccountingRequest(packet.identifier, packet.attributes, packet.secret);
        const zeroed = Buffer.from(bytes).fill(0, 4, 20);
        const authenticator = createHash("md5").update(zeroed).update(packet.secret).digest();
        const { identifier, attributes } = packet;
        expect(decodeRadiusPacket(bytes)).toEqual({ code: 4, identifier, authenticator, attributes });
      }),
    );
  });
});

describe("a datagram", () => {
  it("may have padding behind the packet", () => {
    const padded = Buffer.concat([request, Buffer.alloc(9, 1)]);
    expect(decodeRadiusPacket(padded)).toEqual(decodeRadiusPacket(request));
  });

  it("that is cut off anywhere is no packet, and none that is nonsense throws", () => {
    for (let length = 0; length < request.length; length += 1)
      expect(decodeRadiusPacket(request.subarray(0, length))).toBeNull();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeRadiusPacket(Buffer.from(bytes))));
  });

  it.each([
    ["a length below its head", 2, 19],
    ["an attribute of length 1", 21, 1],
    ["an attribute that goes beyond its end", 21, 255],
  ])("with %s is no packet", (_what, at, value) => {
    const bad = Buffer.from(request);
    if (at === 2) bad.writeUInt16BE(value, at);
    else bad.writeUInt8(value, at);
    expect(decodeRadiusPacket(bad)).toBeNull();
  });
});

describe("an Accounting-Response", () => {
  it("is taken by its authenticator", () => {
    expect(responseTo(request, secret)).toEqual(response);
    expect(isResponseTo(response, request, secret)).toBe(true);
    expect(isResponseTo(Buffer.concat([response, Buffer.from([0])]), request, secret)).toBe(true);
  });

  it("is not taken with another secret, to another request, or changed in any bit", () => {
    expect(isResponseTo(response, request, "another")).toBe(false);
    expect(isResponseTo(response, encodeAccountingRequest(7, attributes.slice(1), secret), secret)).toBe(false);
    for (let bit = 0; bit < response.length * 8; bit += 1) {
      const changed = Buffer.from(response);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(isResponseTo(changed, request, secret)).toBe(false);
    }
  });
});

describe("a record", () => {
  const at = new Date("2026-11-29T10:00:00Z");
  const record = {
    sessionId: "id",
    multiSessionId: "multi",
    userName: "user",
    callingStationId: "821000000001",
    nasIdentifier: "twinpath",
    portType: "wireless-802.11",
    portId: "wifi",
    at,
  } as const;
  const read = (found: Attribute[], type: number): number[] =>
    found.filter((one) => one.type === type).map(({ value }) => value.readUInt32BE());

  it("splits counters into words and gigawords", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n - 1n), fc.bigInt(0n, 2n ** 63n - 1n), (inputOctets, outputOctets) => {
        const counted = { seconds: 60, inputOctets, outputOctets };
        const found = accountingAttributes({ ...record, status: "interim", counted }, at);
        const sum = (word: number, gigaword: number): bigint =>
          BigInt(read(found, word)[0] ?? 0) + BigInt(read(found, gigaword)[0] ?? 0) * 2n ** 32n;
        expect(sum(attributeType.acctInputOctets, attributeType.acctInputGigawords)).toBe(inputOctets);
        expect(sum(attributeType.acctOutputOctets, attributeType.acctOutputGigawords)).toBe(outputOctets);
      }),
    );
  });

  it("says when it happened, for how long it has waited, and why a session ended", () => {
    const counted = { seconds: 60, inputOctets: 1n, outputOctets: 2n };
    const stop = { ...record, status: "stop", counted, cause: "idle-timeout" } as const;
    const found = accountingAttributes(stop, new Date(at.getTime() + 90_999));
    expect(read(found, attributeType.acctStatusType)).toEqual([2]);
    expect(read(found, attributeType.eventTimestamp)).toEqual([at.getTime() / 1000]);
    expect(read(found, attributeType.acctDelayTime)).toEqual([90]);
    expect(read(found, attributeType.acctTerminateCause)).toEqual([4]);
    expect(read(found, attributeType.nasPortType)).toEqual([19]);
  });

  it("of a start has no counters, and of somebody without a number no Calling-Station-Id", () => {
    const types = accountingAttributes({ ...record, callingStationId: null, status: "start" }, at).map(
      ({ type }) => type,
    );
    expect(types).toEqual([40, 44, 50, 1, 32, 61, 87, 55, 41]);
  });

  it("cuts off what is too long, at a character", () => {
    const { value } = textAttribute(attributeType.userName, `${"x".repeat(252)}가`);
    expect(value.toString("utf8")).toBe("x".repeat(252));
  });
});
