import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PortRange, type RuleInput, WhiteListMatcher } from "@/lib/policy";

function rule(kind: RuleInput["kind"], value: string, ports: PortRange[] = []): RuleInput {
  return { kind, value, ports };
}

function matcherOf(...rules: RuleInput[]): WhiteListMatcher {
  return new WhiteListMatcher([{ id: "w", name: "W", rules }]);
}

const only = (port: number): PortRange[] => [{ from: port, to: port }];

describe("WhiteListMatcher: names", () => {
  const matcher = matcherOf(
    rule("domain-suffix", "example.com"),
    rule("host", "www.example.net"),
    rule("domain-suffix", "*.Wild.Example."),
    rule("domain-suffix", ".dotted.example"),
    rule("domain-suffix", "Bücher.example"),
    rule("domain-suffix", "한국"),
    rule("host", "EXACT.example."),
  );
  it.each([
    ["example.com", "example.com"],
    ["a.example.com", "example.com"],
    ["a.b.c.example.com", "example.com"],
    ["badexample.com", null],
    ["example.com.evil", null],
    ["com", null],
    ["", null],
    [".", null],
    [".com", null],
    ["..example.com", "example.com"],
    ["www.example.net", "www.example.net"],
    ["a.www.example.net", null],
    ["example.net", null],
    ["wild.example", "*.Wild.Example."],
    ["x.wild.example", "*.Wild.Example."],
    ["x.dotted.example", ".dotted.example"],
    ["xn--bcher-kva.example", "Bücher.example"],
    ["portal.xn--3e0b707e", "한국"],
    ["exact.example", "EXACT.example."],
    ["__proto__", null],
    ["constructor.example.com", "example.com"],
  ])("%j falls under %s", (host, value) => {
    expect(matcher.match({ host, address: null, port: 443 })?.rule.value ?? null).toBe(value);
  });

  it("prefers host over suffix, a longer suffix over a shorter, and both over an address", () => {
    const nested = matcherOf(
      rule("cidr", "0.0.0.0/0"),
      rule("domain-suffix", "example"),
      rule("domain-suffix", "b.example", only(443)),
      rule("host", "a.b.example", only(80)),
    );
    const value = (host: string, port: number): string | undefined =>
      nested.match({ host, address: "192.0.2.1", port })?.rule.value;
    expect(value("a.b.example", 80)).toBe("a.b.example");
    expect(value("a.b.example", 443)).toBe("b.example");
    expect(value("a.b.example", 8080)).toBe("example");
    expect(value("a.b.test", 8080)).toBe("0.0.0.0/0");
  });

  it("answers with the first of equal rules and names its white-list", () => {
    const two = new WhiteListMatcher([
      { id: "one", name: "One", rules: [rule("host", "a.example", only(80)), rule("host", "a.example")] },
      { id: "two", name: "Two", rules: [rule("host", "a.example")] },
    ]);
    expect(two.match({ host: "a.example", address: null, port: 80 })).toMatchObject({
      list: { id: "one" },
      rule: { ports: only(80) },
    });
    expect(two.match({ host: "a.example", address: null, port: 81 })).toMatchObject({
      list: { id: "one" },
      rule: { ports: [] },
    });
  });
});

describe("WhiteListMatcher: ports", () => {
  const matcher = matcherOf(
    rule("host", "open.example"),
    rule("host", "ranges.example", [
      { from: 80, to: 80 },
      { from: 8000, to: 8080 },
    ]),
    rule("host", "all.example", [{ from: 1, to: 65_535 }]),
    rule("host", "smtp.example", only(25)),
  );
  it.each([
    ["open.example", 1, true],
    ["open.example", 65_535, true],
    ["open.example", 25, false],
    ["ranges.example", 79, false],
    ["ranges.example", 80, true],
    ["ranges.example", 7999, false],
    ["ranges.example", 8000, true],
    ["ranges.example", 8080, true],
    ["ranges.example", 8081, false],
    ["all.example", 25, false],
    ["all.example", 26, true],
    ["smtp.example", 25, false],
  ])("%s port %i: %s", (host, port, expected) => {
    expect(matcher.match({ host, address: null, port }) !== null).toBe(expected);
  });
});

describe("WhiteListMatcher: addresses", () => {
  const matcher = matcherOf(
    rule("cidr", "198.51.100.0/24", only(80)),
    rule("cidr", "198.51.100.128/25", only(443)),
    rule("host", "203.0.113.7"),
    rule("cidr", "2001:db8::/32"),
    rule("cidr", "::ffff:192.0.2.0/120"),
  );
  it.each([
    ["198.51.100.1", null, 80, "198.51.100.0/24"],
    ["198.51.100.200", null, 443, "198.51.100.128/25"],
    ["198.51.100.200", null, 80, "198.51.100.0/24"],
    ["198.51.100.1", null, 443, null],
    ["203.0.113.7", null, 443, "203.0.113.7"],
    ["203.0.113.8", null, 443, null],
    ["::ffff:203.0.113.7", null, 443, "203.0.113.7"],
    ["192.0.2.9", null, 443, "::ffff:192.0.2.0/120"],
    ["2001:db8:1::1", null, 443, "2001:db8::/32"],
    ["any.example", "198.51.100.1", 80, "198.51.100.0/24"],
    ["any.example", null, 80, null],
    ["198.51.100.1", "192.0.3.1", 80, null],
    ["198.51.100.1", null, 25, null],
  ])("%s at %s port %i falls under %s", (host, address, port, value) => {
    expect(matcher.match({ host, address, port })?.rule.value ?? null).toBe(value);
  });

  it("knows whether an address alone can be white-listed", () => {
    expect(matcher.hasAddressRules()).toBe(true);
    expect(matcherOf(rule("host", "192.0.2.1")).hasAddressRules()).toBe(true);
    expect(matcherOf(rule("host", "a.example"), rule("domain-suffix", "b.example")).hasAddressRules()).toBe(false);
  });
});

describe("WhiteListMatcher: unfit rules", () => {
  it.each([
    ["host", ""],
    ["host", "a..b"],
    ["host", ".a.example"],
    ["host", "*.a.example"],
    ["host", "a b.example"],
    ["host", "http://a.example"],
    ["host", "a.example:80"],
    ["host", "a.example/x"],
    ["host", "-a.example"],
    ["host", "a-.example"],
    ["host", `${"a".repeat(64)}.example`],
    ["host", Array.from({ length: 64 }, () => "abc").join(".")],
    ["host", "127.1"],
    ["host", "0x7f.0.0.1"],
    ["host", "10.0.0.256"],
    ["host", "bücher.example/x"],
    ["domain-suffix", ""],
    ["domain-suffix", "."],
    ["domain-suffix", "*."],
    ["domain-suffix", "*.*.example"],
    ["domain-suffix", "a.*.example"],
    ["domain-suffix", "10.0.0.1"],
    ["domain-suffix", "::1"],
  ] as const)("refuses %s %j", (kind, value) => {
    expect(() => matcherOf(rule(kind, value))).toThrow(expect.objectContaining({ code: "POLICY_BAD_RULE" }));
  });

  it("refuses a range that ends before it starts, and a bad CIDR", () => {
    expect(() => matcherOf(rule("host", "a.example", [{ from: 9, to: 8 }]))).toThrow("ends before it starts");
    expect(() => matcherOf(rule("cidr", "a.example"))).toThrow(expect.objectContaining({ code: "POLICY_BAD_CIDR" }));
  });
});

describe("WhiteListMatcher: properties", () => {
  it("agrees with a plain search over all rules", () => {
    const label = fc.constantFrom("a", "b", "c", "ab");
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
    const anyRule = fc.record({
      kind: fc.constantFrom("host" as const, "domain-suffix" as const),
      value: name,
      ports: fc.constantFrom([], only(80), only(443), [{ from: 1, to: 100 }]),
    });
    const opens = (ports: readonly PortRange[], port: number): boolean =>
      port !== 25 && (ports.length === 0 || ports.some(({ from, to }) => port >= from && port <= to));
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 12 }), name, fc.constantFrom(25, 80, 443), (rules, host, port) => {
        const isPassed = rules.some(
          ({ kind, value, ports }) =>
            opens(ports, port) && (host === value || (kind === "domain-suffix" && host.endsWith(`.${value}`))),
        );
        expect(matcherOf(...rules).match({ host, address: null, port }) !== null).toBe(isPassed);
      }),
      { numRuns: 500 },
    );
  });

  it("never throws on what clients may send", () => {
    const matcher = matcherOf(rule("domain-suffix", "example.com"), rule("cidr", "2001:db8::/32"));
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.option(fc.string()),
        fc.integer(),
        (host, address, port) => {
          const target = { host, address, port };
          expect(matcher.match(target) === null || host.endsWith("example.com")).toBe(true);
        },
      ),
    );
  });
});
