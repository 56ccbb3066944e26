import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authorityText, hostText, normaliseHost } from "@/lib/protocols/host";

const longName = [63, 63, 63, 61].map((length) => "a".repeat(length)).join(".");

describe("normaliseHost: names", () => {
  it.each([
    ["example.com", "example.com"],
    ["EXAMPLE.Com", "example.com"],
    ["example.com.", "example.com"],
    ["localhost", "localhost"],
    ["a", "a"],
    ["_dmarc.example.com", "_dmarc.example.com"],
    ["a-b.example", "a-b.example"],
    ["1a.2b", "1a.2b"],
    ["1e3", "1e3"],
    ["123.example", "123.example"],
    ["1.2.3.4.example", "1.2.3.4.example"],
    ["foo.0x1g", "foo.0x1g"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER.example", "xn--bcher-kva.example"],
    ["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
    ["한국.example", "xn--3e0b707e.example"],
    ["ⓔxample.com", "example.com"],
    ["a．b。c", "a.b.c"],
    ["a\u00adb.com", "ab.com"],
    ["a".repeat(63), "a".repeat(63)],
    [longName, longName],
    [`${longName}.`, longName],
  ])("%j is %s", (text, name) => {
    expect(normaliseHost(text)).toEqual({ kind: "name", name });
  });
});

describe("normaliseHost: addresses", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["192.0.2.1.", "192.0.2.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["127.1", "127.0.0.1"],
    ["127.0.1", "127.0.0.1"],
    ["127.1.", "127.0.0.1"],
    ["0x7f.1", "127.0.0.1"],
    ["0X7F.1", "127.0.0.1"],
    ["0x7f000001", "127.0.0.1"],
    ["0x000000007f.1", "127.0.0.1"],
    ["2130706433", "127.0.0.1"],
    ["017700000001", "127.0.0.1"],
    ["0177.0.0.1", "127.0.0.1"],
    ["127.0.0.01", "127.0.0.1"],
    ["0x", "0.0.0.0"],
    ["0x.", "0.0.0.0"],
    ["0", "0.0.0.0"],
    ["4294967295", "255.255.255.255"],
    ["1.16777215", "1.255.255.255"],
    ["1.2.65535", "1.2.255.255"],
    ["127。0。0。1", "127.0.0.1"],
    ["１２７.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["[::1]", "::1"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::FFFF:7F00:1", "127.0.0.1"],
    ["[::ffff:10.0.0.1]", "10.0.0.1"],
    ["0:0:0:0:0:ffff:0a00:0001", "10.0.0.1"],
    ["64:ff9b::10.0.0.1", "64:ff9b::a00:1"],
    ["::10.0.0.1", "::a00:1"],
  ])("%j is %s", (text, address) => {
    expect(normaliseHost(text)).toEqual({ kind: "address", address });
  });
});

describe("normaliseHost: no host", () => {
  it.each([
    "",
    ".",
    "..",
    "a..b",
    ".a",
    "a..",
    "a.b..",
    "1.2.3.4..",
    " ",
    "a b",
    " a",
    "a ",
    "a\tb",
    "a\nb",
    "a\0b",
    "a%2eb",
    "%61.com",
    "a/b",
    "a\\b",
    "a?b",
    "a#b",
    "a@b",
    "a:b",
    "a:80",
    "1.2.3.4:80",
    "http://a",
    "*.a.b",
    "a*b",
    "a,b",
    "a'b",
    "a!b",
    "-a.b",
    "a-.b",
    "-1",
    "+1",
    "1.2.3.256",
    "1.2.3.4.5",
    "256.1",
    "1.256.1",
    "1.16777216",
    "1.2.65536",
    "4294967296",
    "99999999999",
    "08.1",
    "1.08",
    "0400.1",
    "0x100000000",
    "1..2",
    "foo.1",
    "foo.0x1",
    "foo.0x",
    "1.-1",
    "[",
    "]",
    "[]",
    "[::1",
    "::1]",
    "[1.2.3.4]",
    "[a]",
    ":::",
    "1:2",
    "12345::",
    "fe80::1%eth0",
    "[fe80::1%25eth0]",
    "::1%",
    "xn--.com",
    "xn--a.com",
    "a\u200db.com",
    "℀.com",
    "a／b.com",
    "\ufffd.com",
    "😀\ud800",
    "a".repeat(64),
    `${"a".repeat(64)}.com`,
    `a${longName}`,
    "a".repeat(256),
    `${"a.".repeat(127)}a`,
  ])("%j", (text) => {
    expect(normaliseHost(text)).toBeNull();
  });
});

describe("normaliseHost: properties", () => {
  const nearHost = fc
    .array(
      fc.constantFrom(
        "0",
        "1",
        "9",
        "255",
        "256",
        "0x",
        "f",
        "a",
        "xn--",
        ".",
        ":",
        "::",
        "-",
        "_",
        "[",
        "]",
        "%",
        "/",
        "ü",
        "。",
        "@",
        "\t",
      ),
      { maxLength: 14 },
    )
    .map((parts) => parts.join(""));
  const anyText = fc.oneof(
    nearHost,
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.domain(),
    fc.ipV4Extended(),
    fc.ipV6(),
  );

  it("gives only what it leaves unchanged itself, in a form that rules compare", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const host = normaliseHost(text);
        if (host === null) return;
        expect(normaliseHost(hostText(host))).toEqual(host);
        expect(hostText(host)).toMatch(host.kind === "name" ? /^[a-z0-9_.-]{1,253}$/ : /^[0-9a-f.:]{2,39}$/);
      }),
      { numRuns: 5000 },
    );
  });

  it("reads every spelling of an IPv4 address alike", () => {
    const part = (value: number): fc.Arbitrary<string> =>
      fc.constantFrom(
        String(value),
        `0${value.toString(8)}`,
        `0x${value.toString(16)}`,
        `0X${value.toString(16).toUpperCase()}`,
      );
    const spelled = fc.tuple(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 4 })).chain(([value, count]) => {
      const octets = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256);
      const last = value % 256 ** (5 - count);
      return fc.record({
        dotted: fc.constant(octets.join(".")),
        text: fc.tuple(...[...octets.slice(0, count - 1), last].map(part)).map((parts) => parts.join(".")),
      });
    });
    fc.assert(
      fc.property(spelled, ({ dotted, text }) => {
        expect(normaliseHost(text)).toEqual({ kind: "address", address: dotted });
      }),
    );
  });

  it("agrees with the URL standard wherever both take a host", () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4Extended(), nearHost), (text) => {
        const host = normaliseHost(text);
        if (host === null || text.includes(":")) return;
        expect(new URL(`http://${text}/`).hostname.replace(/\.$/, "")).toBe(hostText(host));
      }),
      { numRuns: 3000 },
    );
  });
});

describe("authorityText", () => {
  it.each([
    ["example.com", "example.com:80"],
    ["192.0.2.1", "192.0.2.1:80"],
    ["2001:db8::1", "[2001:db8::1]:80"],
  ])("%s", (text, expected) => {
    const host = normaliseHost(text);
    expect(host === null ? null : authorityText(host, 80)).toBe(expected);
  });
});
