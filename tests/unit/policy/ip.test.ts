import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInCidr, parseAddress, parseCidr } from "@/lib/policy";

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const v4Text = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 })
  .map((octets) => octets.join("."));

function requireAddress(text: string): NonNullable<ReturnType<typeof parseAddress>> {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  return address;
}

/** Every word as eight hexadecimal digits: a form to compare and to print. */
function hex(text: string): string {
  return requireAddress(text)
    .words.map((value) => value.toString(16).padStart(8, "0"))
    .join("");
}

describe("parseAddress", () => {
  it.each([
    ["0.0.0.0", "00000000"],
    ["255.255.255.255", "ffffffff"],
    ["192.0.2.1", "c0000201"],
    ["::", "00000000000000000000000000000000"],
    ["::1", "00000000000000000000000000000001"],
    ["1::", "00010000000000000000000000000000"],
    ["2001:db8::8:800:200C:417A", "20010db80000000000080800200c417a"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
    ["::2:3:4:5:6:7:8", "00000002000300040005000600070008"],
    ["64:ff9b::192.0.2.33", "0064ff9b0000000000000000c0000221"],
    ["1:2:3:4:5:6:1.2.3.4", "00010002000300040005000601020304"],
    ["::1.2.3.4", "00000000000000000000000001020304"],
    ["::ffff:1.2.3.4", "01020304"],
    ["::FFFF:0102:0304", "01020304"],
    ["0:0:0:0:0:ffff:102:304", "01020304"],
  ])("%s is %s", (text, expected) => {
    expect(hex(text)).toBe(expected);
  });

  it.each([
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.04",
    "1..2.3",
    ".1.2.3",
    "1.2.3.",
    "1.2.3.4 ",
    "0x7f.0.0.1",
    "a.b.c.d",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "12345::",
    "::g",
    "::1.2.3",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "fe80::1%eth0",
    "[::1]",
    "1:",
    ":1",
    "1:2:3:4:5:6:7:",
    "::1 ",
    "::256.0.0.1",
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it("takes exactly what the system takes, zones aside", () => {
    const nearIpv6 = fc.array(fc.constantFrom("0", "1", "ffff", "a0", ":", "::", ".", "255", "1.2.3.4"), {
      maxLength: 18,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6(),
          nearIpv6.map((parts) => parts.join("")),
          fc.string({ maxLength: 20 }),
        ),
        (text) => {
          expect(parseAddress(text) !== null).toBe(isIP(text) !== 0 && !text.includes("%"));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("reads the same IPv4 address in dotted and mapped spelling", () => {
    fc.assert(
      fc.property(v4Text, (text) => {
        expect(parseAddress(`::ffff:${text}`)).toEqual(parseAddress(text));
      }),
    );
  });
});

describe("parseCidr", () => {
  it.each([
    ["10.0.0.0/8", 4, 8],
    ["0.0.0.0/0", 4, 0],
    ["192.0.2.1", 4, 32],
    ["192.0.2.1/32", 4, 32],
    ["::/0", 6, 0],
    ["2001:db8::/32", 6, 32],
    ["::1", 6, 128],
    ["2001:db8::/33", 6, 33],
    ["::ffff:10.0.0.0/104", 4, 8],
    ["::ffff:0:0/96", 4, 0],
  ])("%s: family %i, %i bits", (text, family, prefixLength) => {
    expect(parseCidr(text)).toMatchObject({ family, prefixLength });
  });

  it.each([
    "",
    "/8",
    "10/8",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/+8",
    "10.0.0.0/08",
    "10.0.0.0/8/8",
    "10.0.0.0/8 ",
    "10.0.0.1/8",
    "255.255.255.255/31",
    "::/129",
    "::1/127",
    "2001:db8::1/64",
    "::ffff:10.0.0.0/95",
    "video.example/24",
    "10.0.0.0/1e1",
  ])("refuses %j", (text) => {
    expect(() => parseCidr(text)).toThrow(expect.objectContaining({ code: "POLICY_BAD_CIDR" }));
  });
});

describe("isInCidr", () => {
  it.each([
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.0.0.0/8", "9.255.255.255", false],
    ["128.0.0.0/1", "255.0.0.0", true],
    ["128.0.0.0/1", "127.255.255.255", false],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["0.0.0.0/0", "::1", false],
    ["10.0.0.0/8", "::ffff:10.1.1.1", true],
    ["2001:db8::/33", "2001:db8:7fff:ffff::1", true],
    ["2001:db8::/33", "2001:db8:8000::", false],
    ["2001:db8::1/128", "2001:db8::1", true],
    ["2001:db8::1/128", "2001:db8::2", false],
  ])("%s holds %s: %s", (cidr, address, expected) => {
    expect(isInCidr(parseCidr(cidr), requireAddress(address))).toBe(expected);
  });

  it("agrees with big-integer arithmetic", () => {
    const toBigInt = (words: readonly number[]): bigint =>
      words.reduce((sum, value) => (sum << 32n) | BigInt(value), 0n);
    fc.assert(
      fc.property(
        fc.tuple(word, word, word, word),
        fc.tuple(word, word, word, word),
        fc.nat(128),
        (base, other, prefixLength) => {
          const shift = BigInt(128 - prefixLength);
          const start = (toBigInt(base) >> shift) << shift;
          const words = [96n, 64n, 32n, 0n].map((bits) => Number((start >> bits) & 0xffff_ffffn));
          const isSame = toBigInt(other) >> shift === start >> shift;
          expect(isInCidr({ family: 6, words, prefixLength }, { family: 6, words: other })).toBe(isSame);
          expect(isInCidr({ family: 6, words, prefixLength }, { family: 6, words: base })).toBe(true);
        },
      ),
    );
  });
});
