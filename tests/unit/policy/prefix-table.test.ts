import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cidr, isInCidr, PrefixTable, parseAddress, parseCidr } from "@/lib/policy";

function find<T>(table: PrefixTable<T>, text: string): T | null {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  return table.find(address);
}

/** The values of all prefixes that hold the address, longest first. */
function walk<T>(table: PrefixTable<T>, text: string): T[] {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  const values: T[] = [];
  for (let entry = table.innermost(address); entry !== null; entry = entry.parent) values.push(entry.value);
  return values;
}

function tableOf(...cidrs: string[]): PrefixTable<string> {
  return new PrefixTable(cidrs.map((cidr) => ({ cidr, value: cidr })));
}

describe("PrefixTable", () => {
  it("is empty without prefixes", () => {
    expect(find(tableOf(), "10.0.0.1")).toBeNull();
    expect(find(tableOf(), "::")).toBeNull();
  });

  const nested = tableOf(
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.0.0/24",
    "10.1.1.128/25",
    "255.255.255.255",
    "0.0.0.0",
    "2001:db8::/32",
    "ffff::/16",
  );
  it.each([
    ["0.0.0.0", "0.0.0.0"],
    ["0.0.0.1", null],
    ["9.255.255.255", null],
    ["10.0.0.0", "10.0.0.0/8"],
    ["10.0.255.255", "10.0.0.0/8"],
    ["10.1.0.0", "10.1.0.0/24"],
    ["10.1.0.255", "10.1.0.0/24"],
    ["10.1.1.0", "10.1.0.0/16"],
    ["10.1.1.127", "10.1.0.0/16"],
    ["10.1.1.128", "10.1.1.128/25"],
    ["10.1.1.255", "10.1.1.128/25"],
    ["10.1.2.0", "10.1.0.0/16"],
    ["10.2.0.0", "10.0.0.0/8"],
    ["10.255.255.255", "10.0.0.0/8"],
    ["11.0.0.0", null],
    ["255.255.255.254", null],
    ["255.255.255.255", "255.255.255.255"],
    ["2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", null],
    ["2001:db8::", "2001:db8::/32"],
    ["2001:db9::", null],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff::/16"],
    ["::ffff:10.1.0.7", "10.1.0.0/24"],
  ])("%s is in %s", (address, expected) => {
    expect(find(nested, address)).toBe(expected);
  });

  it("covers everything with prefixes of length 0 and adjacent halves", () => {
    const halves = tableOf("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0");
    expect(find(halves, "127.255.255.255")).toBe("0.0.0.0/1");
    expect(find(halves, "128.0.0.0")).toBe("128.0.0.0/1");
    expect(find(halves, "8000::")).toBe("::/0");
  });

  it("keeps the first of equal prefixes, and walks outwards to a value that fits", () => {
    const table = new PrefixTable([
      { cidr: "10.0.0.0/8", value: 1 },
      { cidr: "10.1.0.0/16", value: 2 },
      { cidr: "10.1.0.0/16", value: 3 },
    ]);
    const address = parseAddress("10.1.0.1") ?? { family: 4 as const, words: [] };
    expect(table.size).toBe(3);
    expect(table.find(address)).toBe(2);
    expect(walk(table, "10.1.0.1")).toEqual([2, 3, 1]);
  });

  it("finds the wider prefix also at its last address, and behind an equal one", () => {
    const table = tableOf("10.0.0.0/24", "10.0.0.255", "10.0.0.255/32", "10.0.0.254/31");
    expect(walk(table, "10.0.0.255")).toEqual(["10.0.0.255", "10.0.0.255/32", "10.0.0.254/31", "10.0.0.0/24"]);
  });

  it.each([
    ["10.0.0.0/8", ["10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/24", "10.1.1.128/25"]],
    ["10.1.0.0/16", ["10.1.0.0/16", "10.1.0.0/24", "10.1.1.128/25"]],
    ["10.1.1.200/32", ["10.1.1.128/25"]],
    ["10.0.0.0/7", ["10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/24", "10.1.1.128/25", null]],
    ["11.0.0.0/8", [null]],
    ["255.255.255.254/31", ["255.255.255.255", null]],
    ["2001:db8::/31", ["2001:db8::/32", null]],
    ["::/0", ["2001:db8::/32", "ffff::/16", null]],
  ])("asks about every span of %s", (cidr, expected) => {
    const asked = new Set<string | null>();
    expect(nested.isEvery(parseCidr(cidr), (value) => asked.add(value).size > 0)).toBe(true);
    expect([...asked].sort()).toEqual([...expected].sort());
    expect(nested.isEvery(parseCidr(cidr), (value) => value !== expected.at(-1))).toBe(false);
  });

  it("agrees with a plain search for the longest prefix", () => {
    // Few distinct bits, so that prefixes nest, meet and repeat.
    const bits = fc.constantFrom(0, 1, 2, 127, 128, 129, 254, 255);
    const octets = fc.tuple(bits, bits, bits, bits);
    const cidrText = fc.tuple(octets, fc.nat(32)).map(([parts, length]) => {
      const value = parts.reduce<number>((sum, octet) => sum * 256 + octet, 0);
      const start = length === 0 ? 0 : Math.floor(value / 2 ** (32 - length)) * 2 ** (32 - length);
      return `${[24, 16, 8, 0].map((shift) => (start >>> shift) & 255).join(".")}/${length}`;
    });
    fc.assert(
      fc.property(
        fc.array(cidrText, { maxLength: 40 }),
        fc.array(octets, { minLength: 20, maxLength: 20 }),
        (cidrs, probes) => {
          const table = tableOf(...cidrs);
          const parsed: [string, Cidr][] = cidrs.map((text) => [text, parseCidr(text)]);
          for (const probe of probes) {
            const address = parseAddress(probe.join(".")) ?? { family: 4 as const, words: [0] };
            const holding = parsed.filter(([, cidr]) => isInCidr(cidr, address));
            const longest = Math.max(...holding.map(([, cidr]) => cidr.prefixLength));
            const expected = holding.find(([, cidr]) => cidr.prefixLength === longest)?.[0] ?? null;
            expect(table.find(address)).toBe(expected);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([4, 6])("finds each of thousands of prefixes of IPv%i, and what lies between them", (family) => {
    const text = (index: number, last: number): string =>
      family === 4 ? `${index >> 8}.${index & 255}.${last}.0` : `${index.toString(16)}:${last.toString(16)}::`;
    const length = family === 4 ? 24 : 32;
    const many = Array.from({ length: 6000 }, (_, index) => `${text(1 + index * 10, index % 250)}/${length}`);
    const table = tableOf(...many, `${text(0, 0)}/${length}`, family === 4 ? "255.255.255.0/24" : "ffff:ffff::/32");
    for (const [index, cidr] of many.entries()) {
      expect(find(table, text(1 + index * 10, index % 250))).toBe(cidr);
      expect(find(table, text(1 + index * 10, (index % 250) + 1))).toBeNull();
      expect(find(table, text(2 + index * 10, index % 250))).toBeNull();
    }
    expect(find(table, text(0, 0))).toBe(`${text(0, 0)}/${length}`);
    expect(find(table, family === 4 ? "255.255.255.255" : "ffff:ffff::1")).not.toBeNull();
    expect(find(table, family === 4 ? "255.255.254.255" : "ffff:fffe::1")).toBeNull();
  });
});
