import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PolicySnapshot, WhiteList } from "@/lib/contracts/policy";
import { findingSchema } from "@/lib/contracts/policy-admin";
import { analyseRules, compilePolicy, decideHost, findFindings, ruleKey, shadowedBy } from "@/lib/policy";
import { anyHost, anyWhiteLists, cpuSeconds, list, rule, serviceClass, snapshot } from "./policies";

/** Findings as "severity code id value: message". */
function found(change: Partial<PolicySnapshot>): string[] {
  return findFindings(snapshot(change)).map(
    ({ severity, code, id, rule: about, message }) =>
      `${severity} ${code} ${id}${about === null ? "" : ` ${about.value}`}: ${message}`,
  );
}

function shadowed(...whiteLists: WhiteList[]): string[] {
  return found({ whiteLists }).filter((text) => text.includes(" shadowed "));
}

describe("findFindings: rules that do nothing", () => {
  it.each([
    ["host a.tv.example", "domain-suffix tv.example", true],
    ["host tv.example", "domain-suffix tv.example", true],
    ["host a.tv.example", "domain-suffix TV.example.", true],
    ["host a.tv.example", "host a.tv.example 443", false],
    ["host a.tv.example 443", "host a.tv.example", true],
    ["host a.tv.example 443", "domain-suffix tv.example 80", false],
    ["host a.tv.example 443", "domain-suffix tv.example 80 400-500", true],
    ["host a.tv.example", "domain-suffix tv.example 1-65535", true],
    ["host a.tv.example", "domain-suffix tv.example 1-24 26-65535", true],
    ["domain-suffix a.tv.example", "domain-suffix tv.example", true],
    ["domain-suffix tv.example", "host tv.example", false],
    ["domain-suffix xtv.example", "domain-suffix tv.example", false],
    ["cidr 8.1.0.0/16", "cidr 8.0.0.0/8", true],
    ["cidr 8.0.0.0/16", "cidr 8.0.0.0/8", true],
    ["host 8.1.2.3", "cidr 8.0.0.0/8", true],
    ["cidr 8.0.0.0/8", "cidr 8.0.0.0/16", false],
    ["cidr 8.1.0.0/16 80", "cidr 8.0.0.0/8 443", false],
    ["host a.tv.example", "cidr 0.0.0.0/0", false],
  ])("%s beside %s: useless %s", (text, other, isUseless) => {
    const one = list("x", [text, other]);
    const useless = findFindings(snapshot({ whiteLists: [one] })).filter(({ code }) => code === "shadowed");
    expect(useless.some(({ rule: about }) => about === one.rules[0])).toBe(isUseless);
  });

  it("adds up what more general rules open together", () => {
    const rules = ["host a.b.example 80-443", "domain-suffix b.example 80-200", "domain-suffix example 201-443"];
    expect(shadowed(list("x", rules))).toEqual([
      "warning shadowed x a.b.example: domain-suffix b.example and domain-suffix example together open everything that this rule opens. Remove it.",
    ]);
  });

  it("heeds who has the list", () => {
    const general = ["domain-suffix tv.example"];
    const special = ["host a.tv.example"];
    expect(shadowed(list("one", special), list("two", general))).toEqual([
      'warning shadowed one a.tv.example: domain-suffix tv.example of "TWO" opens everything that this rule opens. Remove it, unless its hits are to be counted apart.',
    ]);
    expect(shadowed(list("one", special, "extra"), list("two", general))).toHaveLength(1);
    expect(shadowed(list("one", special), list("two", general, "extra"))).toEqual([]);
    expect(shadowed(list("one", special, "extra"), list("two", general, "extra"))).toEqual([]);
    expect(shadowed(list("one", [...special, ...general], "extra"))).toHaveLength(1);
  });

  it("names repeats within a list as duplicates, the first excepted", () => {
    const rules = ["host a.example 80 443", "host A.example. 443 80", "host a.example 80-80 443", "host a.example 80"];
    const lines = found({ whiteLists: [list("x", rules)] });
    expect(lines.map((line) => line.split(": ")[0])).toEqual([
      "warning duplicate x A.example.",
      "warning duplicate x a.example",
      "warning shadowed x a.example",
    ]);
  });

  it("taking all of them away changes no decision, and each that is left is needed", () => {
    const anyPort = fc.constantFrom(20, 25, 30, 80, 99, 100, 443, 8080);
    fc.assert(
      fc.property(anyWhiteLists, fc.array(fc.tuple(anyHost, anyPort), { minLength: 30 }), (whiteLists, targets) => {
        const useless = new Set(
          findFindings(snapshot({ whiteLists }))
            .filter(({ code }) => ["shadowed", "duplicate", "unreachable"].includes(code))
            .map(({ rule: about }) => about),
        );
        const without = (gone: (rule: WhiteList["rules"][number]) => boolean) =>
          compilePolicy(
            snapshot({
              whiteLists: whiteLists.map((one) => ({ ...one, rules: one.rules.filter((each) => !gone(each)) })),
            }),
          );
        const all = compilePolicy(snapshot({ whiteLists }));
        const lean = without((each) => useless.has(each));
        for (const extras of [[], ["l1"], ["l3"], ["l1", "l3"]].map((ids) => new Set(ids)))
          for (const [host, port] of targets)
            expect(decideHost(lean, { host, port }, extras).kind === "allowed").toBe(
              decideHost(all, { host, port }, extras).kind === "allowed",
            );
        for (const { id, rules } of whiteLists)
          for (const needed of rules.filter((each) => each.kind !== "cidr" && !/^[0-9.]+$/.test(each.value))) {
            if (useless.has(needed)) continue;
            const fewer = without((each) => useless.has(each) || each === needed);
            const host = needed.kind === "host" ? needed.value : `zz.${needed.value}`;
            const isMissed = [1, 19, 20, 24, 26, 30, 80, 100, 101, 443, 65_535].some(
              (port) =>
                decideHost(fewer, { host, port }, new Set([id])).kind !== "allowed" &&
                decideHost(lean, { host, port }, new Set([id])).kind === "allowed",
            );
            expect(isMissed).toBe(
              needed.kind === "host" || !rules.some((each) => each.kind === "host" && each.value === host),
            );
          }
      }),
      { numRuns: 300 },
    );
  });

  it("knows what no connection can reach", () => {
    const rules = [
      "host mail.example 25",
      "cidr 10.1.0.0/16",
      "host 192.168.1.1",
      "cidr 2001:db8::/48",
      "cidr 8.0.0.0/6",
      "cidr 224.0.0.0/3",
    ];
    const unreachable = (allowedPrivateRanges: string[]): string[] =>
      findFindings(snapshot({ whiteLists: [list("x", rules)], allowedPrivateRanges }))
        .filter(({ code }) => code === "unreachable")
        .map(({ rule: about }) => about?.value ?? "");
    expect(unreachable([])).toEqual(["mail.example", "10.1.0.0/16", "192.168.1.1", "2001:db8::/48", "224.0.0.0/3"]);
    expect(unreachable(["10.1.2.0/24", "192.168.0.0/16", "2001:db8::/32", "240.0.0.0/32"])).toEqual(["mail.example"]);
    expect(found({ whiteLists: [list("x", ["cidr 10.1.0.0/16"])] })[0]).toContain(
      "Allow the range, or remove the rule.",
    );
  });
});

describe("findFindings: white-lists", () => {
  it("names what cannot be compiled, as errors and first", () => {
    const rules = [
      "domain-suffix 8.8.8.8",
      "host a_b..example",
      "cidr 8.0.0.1/8",
      "host a.example 90-80",
      "host b.example",
    ];
    const findings = findFindings(snapshot({ whiteLists: [list("empty", []), list("x", rules)] }));
    expect(findings.map(({ severity, code, rule: about }) => `${severity} ${code} ${about?.value ?? ""}`)).toEqual([
      "error bad-rule 8.8.8.8",
      "error bad-rule a_b..example",
      "error bad-rule 8.0.0.1/8",
      "error bad-rule a.example",
      "warning empty ",
    ]);
    for (const { message } of findings) expect(message).toMatch(/\.$/);
  });

  it("tells whose hits go where for destinations in two lists, once a pair of lists", () => {
    const one = ["host a.example 80-443", "host b.example 80-82"];
    const two = ["host a.example 443-500", "host b.example 82-90", "host c.example"];
    const line =
      'warning overlapping two a.example: host a.example (443) and 1 more are also in "ONE", which stands first: "ONE" gets the hits';
    const advice = "Keep each destination in one list.";
    expect(found({ whiteLists: [list("one", one), list("two", two)] })).toEqual([`${line}. ${advice}`]);
    expect(found({ whiteLists: [list("one", one, "extra"), list("two", two)] })).toEqual([
      `${line} for subscribers who have it. ${advice}`,
    ]);
  });

  it("finds ids and names that are used twice", () => {
    expect(
      found({ whiteLists: [list("x", ["host a.example"]), { ...list("x", ["host b.example"]), name: "Other" }] }),
    ).toEqual(['error duplicate x: The id "x" is used twice. Give one of the two another id.']);
    expect(found({ serviceClasses: [serviceClass("gold"), serviceClass("g", { name: "Gold" })] })[0]).toContain(
      'warning bad-class g: The name "Gold" is used twice.',
    );
  });
});

describe("findFindings: service classes", () => {
  it.each([
    [{ steering: "lte-share" as const }, "error bad-class c", "needs an LTE share"],
    [{ steering: "lte-share" as const, lteSharePercent: 120 }, "error bad-class c", "120 %"],
    [
      { steering: "lte-share" as const, lteSharePercent: 20, wifiSufficientMbps: 0 },
      "warning bad-class c",
      "never used",
    ],
    [{ lteSharePercent: 20 }, "warning bad-class c", "no effect in the mode aggregate"],
    [{ totalRateKbps: 0 }, "error bad-class c", "lets nothing through"],
    [{ lteRateKbps: 200, totalRateKbps: 100 }, "warning bad-class c", "above the total cap"],
    [{ lteQuotaBytes: 5 }, "error bad-class c", "choose the class that follows"],
    [{ whenQuotaReached: "d" }, "warning bad-class c", "without a quota"],
    [{ lteQuotaBytes: 5, whenQuotaReached: "gone" }, "error missing-class c", 'no class "gone"'],
    [{ lteQuotaBytes: 5, whenQuotaReached: "c" }, "error missing-class c", "c → c"],
    [{ lteQuotaBytes: 5, whenQuotaReached: "loop" }, "error missing-class c", "c → loop → c"],
    [{ lteQuotaBytes: 5, whenQuotaReached: "low" }, "warning bad-class c", "passed over at once"],
  ])("%j: %s", (change, head, words) => {
    const serviceClasses = [
      serviceClass("c", change),
      serviceClass("d"),
      serviceClass("loop", { lteQuotaBytes: 9, whenQuotaReached: "c" }),
      serviceClass("low", { lteQuotaBytes: 4, whenQuotaReached: "d" }),
    ];
    const lines = found({ serviceClasses }).filter((line) => line.startsWith(`${head}:`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(words);
  });

  it("has nothing against classes as operators write them", () => {
    const serviceClasses = [
      serviceClass("gold", { lteQuotaBytes: 10, whenQuotaReached: "silver" }),
      serviceClass("silver", {
        steering: "lte-share",
        lteSharePercent: 20,
        wifiSufficientMbps: 20,
        lteQuotaBytes: 20,
        whenQuotaReached: "bronze",
      }),
      serviceClass("bronze", { steering: "wifi-first", lteRateKbps: 1000, totalRateKbps: 5000 }),
    ];
    expect(found({ serviceClasses })).toEqual([]);
  });
});

describe("findFindings: networks", () => {
  it("finds bad, repeated and contradicting prefixes, and ranges that open too much or nothing", () => {
    const lte = { access: "lte" as const, name: "LTE" };
    const findings = found({
      accessNetworks: [
        { cidr: "10.1.0.0/16", ...lte },
        { cidr: "::ffff:10.1.0.0/112", ...lte },
        { cidr: "10.2.0.0/16", ...lte },
        { cidr: "10.2.0.0/16", access: "wifi", name: "WiFi" },
        { cidr: "10.3.0.1/16", ...lte },
      ],
      allowedPrivateRanges: ["10.0.0.0/8", "10.0.0.0/8", "8.8.8.0/24", "169.254.0.0/16", "nonsense"],
    });
    expect(findings.map((line) => line.replace("bad-network networks: ", ""))).toEqual([
      'error 10.2.0.0/16 is listed as lte ("LTE") and as wifi ("WiFi"). Keep the one that is right.',
      expect.stringContaining('error Access network "10.3.0.1/16" has bits set behind its prefix.'),
      expect.stringContaining('error Allowed private range "nonsense" is no range of addresses.'),
      "warning Access network ::ffff:10.1.0.0/112 is listed twice. Remove one entry.",
      "warning Allowed private range 10.0.0.0/8 is listed twice. Remove one entry.",
      "warning Allowed private range 8.8.8.0/24 is public anyway and opens nothing. Remove it.",
      expect.stringContaining("warning Allowed private range 169.254.0.0/16 opens the metadata service of clouds"),
    ]);
  });
});

describe("findFindings: as a whole", () => {
  it("fits its message, and stays quick with 100,000 rules", () => {
    const texts = Array.from({ length: 100_000 }, (_, index) =>
      index % 3 === 0
        ? `host www.s${index % 40_000}.example 443`
        : index % 3 === 1
          ? `domain-suffix s${index}.example`
          : `cidr 8.${(index >> 8) & 255}.${index & 255}.0/${24 + (index % 8)}`,
    ).map((text) => text.replace(/\.0\/(2[5-9]|3[01])/, ".0/$1"));
    const content = snapshot({ whiteLists: [list("one", texts.slice(0, 50_000)), list("two", texts.slice(50_000))] });
    let findings: ReturnType<typeof findFindings> = [];
    const took = cpuSeconds(() => {
      findings = findFindings(content);
    });
    expect(findings.length).toBeGreaterThan(1000);
    for (const finding of findings.slice(0, 50)) expect(findingSchema.parse(finding)).toEqual(finding);
    // One second on a free core; caches and collectors are shared with the other suites.
    expect(took).toBeLessThan(3);
  });

  it("stays quick with 100,000 equal rules and with deep names", () => {
    const equal = Array.from({ length: 50_000 }, (_, index) => `host a.example ${(index % 500) + 1}`);
    const deep = Array.from({ length: 20_000 }, (_, index) => `host ${"a.".repeat(100)}h${index}.example`);
    const content = snapshot({ whiteLists: [list("x", [...equal, ...deep])] });
    const took = cpuSeconds(() => expect(findFindings(content).length).toBeGreaterThan(1000));
    expect(took).toBeLessThan(4);
  });
});

describe("shadowedBy", () => {
  it("gives the sentence by list and rule key", () => {
    const whiteLists = [
      list("one", ["host a.tv.example 443", "host b.example", "host b.example"]),
      list("two", ["domain-suffix tv.example"]),
    ];
    const lists = shadowedBy(analyseRules(whiteLists));
    expect(lists.get("one")?.get(ruleKey(rule("host A.TV.example 443")))?.text).toBe(
      'domain-suffix tv.example of "TWO" opens everything that this rule opens.',
    );
    expect(lists.get("one")?.get(ruleKey(rule("host b.example")))?.text).toBe(
      "The same rule stands in this list already.",
    );
    expect(lists.get("two")).toBeUndefined();
  });
});

describe("ruleKey", () => {
  it.each([
    ["host a.example 80 443", "host A.example. 443 80"],
    ["host a.example 80-90", "host a.example 85-90 80-84"],
    ["host a.example", "host a.example 1-65535"],
    ["domain-suffix a.example", "domain-suffix *.a.example"],
    ["host 8.8.8.8", "cidr 8.8.8.8/32"],
    ["cidr ::ffff:8.0.0.0/104", "cidr 8.0.0.0/8"],
    ["cidr 2001:db8::/32", "cidr 2001:DB8:0::/32"],
  ])("is the same for %s and %s", (one, other) => {
    expect(ruleKey(rule(one))).toBe(ruleKey(rule(other)));
  });

  it.each([
    ["host a.example", "domain-suffix a.example"],
    ["host a.example 80", "host a.example 81"],
    ["cidr 8.0.0.0/8", "cidr 8.0.0.0/9"],
    ["cidr ::/8", "cidr 0.0.0.0/8"],
    ["host a..example", "host b..example"],
  ])("differs for %s and %s", (one, other) => {
    expect(ruleKey(rule(one))).not.toBe(ruleKey(rule(other)));
  });
});
