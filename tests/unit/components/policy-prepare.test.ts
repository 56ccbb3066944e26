import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inForceTexts } from "@/components/policy/prepare-class-facts";
import { readClassForm, readNumber, toClassForm, toItemId, toRateText } from "@/components/policy/prepare-class-form";
import { formatFieldValue } from "@/components/policy/prepare-diff";
import {
  fromNetworkLines,
  readNetworksForm,
  toNetworkLines,
  toNetworksForm,
} from "@/components/policy/prepare-networks";
import { formatRule, parseRuleLine, parseRuleLines } from "@/components/policy/prepare-rule";
import { readSimulatorForm, readSimulatorQuery, simulatorHref } from "@/components/policy/prepare-simulator";
import { describeAcks, versionBefore } from "@/components/policy/prepare-version";
import type { ServiceClass, WhiteListRule } from "@/lib/contracts/policy";
import { whiteListRuleSchema } from "@/lib/contracts/policy";
import type { NodeAck } from "@/lib/contracts/policy-admin";
import { splitTarget } from "@/lib/shared/split-target";
import { english } from "../../factories/words";

const silver: ServiceClass = {
  id: "silver",
  name: "Silver",
  steering: "lte-share",
  lteSharePercent: 20,
  wifiSufficientMbps: 20,
  lteRateKbps: null,
  totalRateKbps: 1500,
  lteQuotaBytes: 20_000_000_000,
  whenQuotaReached: "bronze",
};

describe("class form", () => {
  it("gives back every class as it was", () => {
    const rate = fc.option(fc.integer({ min: 1, max: 100_000_000 }));
    fc.assert(
      fc.property(rate, fc.option(fc.integer({ min: 1, max: 10 ** 15 })), (totalRateKbps, lteQuotaBytes) => {
        const item = { ...silver, totalRateKbps, lteQuotaBytes, whenQuotaReached: lteQuotaBytes ? "bronze" : null };
        expect(readClassForm(english, toClassForm(item), item.id)).toEqual({ item, errors: {} });
      }),
    );
  });

  it("shows a rate in the largest unit that stays short", () => {
    expect([null, 1, 512, 1500, 5000, 2_500_000].map(toRateText).map(({ text, unit }) => `${text} ${unit}`)).toEqual([
      " Mbit/s",
      "1 kbit/s",
      "512 kbit/s",
      "1.5 Mbit/s",
      "5 Mbit/s",
      "2.5 Gbit/s",
    ]);
  });

  it("names each field that is not right and keeps nothing of them", () => {
    const form = toClassForm(silver);
    const wrong = {
      ...form,
      name: " ",
      lteShare: "20.5",
      wifiSufficient: "fast",
      lteRate: { text: "fast", unit: "Mbit/s" as const },
      quotaGb: "0",
      whenQuotaReached: "silver",
    };
    const { item, errors } = readClassForm(english, wrong, "silver");
    expect(item).toBeNull();
    expect(Object.keys(errors).sort()).toEqual([
      "lteRate",
      "lteShare",
      "name",
      "quotaGb",
      "whenQuotaReached",
      "wifiSufficient",
    ]);
    const over = { ...form, lteRate: { text: "2", unit: "Mbit/s" as const } };
    expect(readClassForm(english, over, "silver").errors.lteRate).toContain("total cap");
  });

  it("takes no rate at which LTE rests for one that LTE always helps", () => {
    const form = { ...toClassForm(silver), wifiSufficient: " " };
    expect(readClassForm(english, form, "silver").item).toMatchObject({ wifiSufficientMbps: null });
    expect(readClassForm(english, { ...form, wifiSufficient: "0" }, "silver").item).toMatchObject({
      wifiSufficientMbps: 0,
    });
  });

  it("asks for a share only where one is used, and forgets none that was typed", () => {
    const form = { ...toClassForm(silver), steering: "aggregate" as const };
    expect(readClassForm(english, form, "silver").item).toMatchObject({
      lteSharePercent: null,
      wifiSufficientMbps: null,
    });
    expect(form.lteShare).toBe("20");
  });

  it("reads numbers with point and comma, and nothing else", () => {
    expect([readNumber("1.5"), readNumber(" 1,5 "), readNumber("0")]).toEqual([1.5, 1.5, 0]);
    for (const odd of ["", "-1", "1e3", "0x10", "1.", "Infinity", "1 000"]) expect(readNumber(odd), odd).toBeNaN();
  });

  it("says what is in force beside what differs", () => {
    const texts = inForceTexts(
      english,
      { ...silver, lteSharePercent: 35, whenQuotaReached: "gold" },
      silver,
      (id) => id,
    );
    expect(texts).toEqual({ lteShare: "20\u00a0%", whenQuotaReached: "bronze" });
    expect(inForceTexts(english, silver, null, (id) => id)).toEqual({});
  });

  it("makes ids that are free and that the portal takes", () => {
    expect(toItemId("Gold Plus!", [], "class")).toBe("gold-plus");
    expect(toItemId("Gold", ["gold", "gold-2"], "class")).toBe("gold-3");
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(toItemId(name, ["class"], "class")).toMatch(/^[a-z0-9][a-z0-9-]{0,39}$/);
      }),
    );
  });
});

describe("rules", () => {
  const ruleOf = (line: string): WhiteListRule | string => {
    const parsed = parseRuleLine(english, line);
    return "rule" in parsed ? parsed.rule : parsed.error;
  };
  const port = (from: number, to = from) => ({ from, to });

  it.each([
    ["example.com", { kind: "domain-suffix", value: "example.com", ports: [] }],
    ["*.Example.ORG.", { kind: "domain-suffix", value: "example.org", ports: [] }],
    [".example.org:443", { kind: "domain-suffix", value: "example.org", ports: [port(443)] }],
    ["=www.example.com", { kind: "host", value: "www.example.com", ports: [] }],
    ["www.example.com:80,8000-8100", { kind: "host", value: "www.example.com", ports: [port(80), port(8000, 8100)] }],
    ["https://Video.example/path?x", { kind: "host", value: "video.example", ports: [port(443)] }],
    ["http://video.example:8080", { kind: "host", value: "video.example", ports: [port(8080)] }],
    ["https://192.0.2.1/", { kind: "cidr", value: "192.0.2.1/32", ports: [port(443)] }],
    ["https://[2001:db8::1]:8443/", { kind: "cidr", value: "2001:db8::1/128", ports: [port(8443)] }],
    ["192.0.2.7", { kind: "cidr", value: "192.0.2.7/32", ports: [] }],
    ["192.0.2.0/24:443", { kind: "cidr", value: "192.0.2.0/24", ports: [port(443)] }],
    ["2001:db8::/32", { kind: "cidr", value: "2001:db8::/32", ports: [] }],
    ["[2001:db8::/32]:443", { kind: "cidr", value: "2001:db8::/32", ports: [port(443)] }],
    ["bücher.example", { kind: "domain-suffix", value: "xn--bcher-kva.example", ports: [] }],
    ["*.kr", { kind: "domain-suffix", value: "kr", ports: [] }],
  ])("reads %s", (line, rule) => {
    expect(ruleOf(line)).toEqual(rule);
  });

  it.each([
    ["ftp://example.com", "not carried"],
    ["example.com/path", "no path"],
    ["300.1.1.1", "neither a name nor an address"],
    ["192.0.2.0/33", "no address range"],
    ["example.com:", "port is missing"],
    ["example.com:0", "no port"],
    ["example.com:90-80", "ends before it starts"],
    ["exa mple.com", "neither"],
    ["com", "top-level domain"],
    ["-bad-.example", "neither"],
  ])("says what is wrong with %s", (line, error) => {
    expect(ruleOf(line)).toContain(error);
  });

  it("previews a pasted text line by line", () => {
    const preview = parseRuleLines(english, "# head\r\nexample.com\n\nexample.com # again\nftp://x\n=a.example");
    expect(preview.rules.map(formatRule)).toEqual(["*.example.com", "=a.example"]);
    expect(preview.errors).toEqual([{ line: 5, text: "ftp://x", error: expect.stringContaining("not carried") }]);
    expect(preview.repeated).toBe(1);
  });

  it("writes every rule so that it reads as itself", () => {
    const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
    const name = fc.tuple(label, label).map((labels) => labels.join("."));
    const ports = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 0, max: 100 })).map(([from, more]) => ({
        from,
        to: Math.min(65_535, from + more),
      })),
      { maxLength: 4 },
    );
    const rule = fc.oneof(
      fc.record({ kind: fc.constant("host" as const), value: name, ports }),
      fc.record({ kind: fc.constant("domain-suffix" as const), value: name, ports }),
      fc.record({ kind: fc.constant("cidr" as const), value: fc.constantFrom("192.0.2.0/24", "2001:db8::/32"), ports }),
    );
    fc.assert(
      fc.property(rule, (item) => {
        expect(ruleOf(formatRule(item))).toEqual(item);
      }),
    );
  });

  it("never gives what the contract refuses", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const rule of parseRuleLines(english, text).rules)
          expect(whiteListRuleSchema.safeParse(rule).success).toBe(true);
      }),
    );
  });
});

describe("simulator", () => {
  it("keeps the question in the page's address, but no number", () => {
    const form = {
      subscriber: "demo-ue",
      host: "a.example",
      port: "8080",
      policy: "draft" as const,
      ueAddress: "",
    };
    const url = new URL(simulatorHref(form), "http://portal.test");
    expect(readSimulatorQuery(Object.fromEntries(url.searchParams))).toEqual(form);
    expect(simulatorHref({ ...form, host: " " })).toBe("/policy/simulator");
    for (const subscriber of ["+821012345678", "010-1234-5678", " 450081234567890"])
      expect(simulatorHref({ ...form, subscriber })).toBe(simulatorHref({ ...form, subscriber: "" }));
  });

  it("takes a URL or host:port apart", () => {
    expect(splitTarget("https://a.example/x")).toEqual({ host: "a.example", port: "443" });
    expect(splitTarget("a.example:8080")).toEqual({ host: "a.example", port: "8080" });
    expect(splitTarget("[2001:db8::1]:80")).toEqual({ host: "2001:db8::1", port: "80" });
    expect(splitTarget("2001:db8::1")).toEqual({ host: "2001:db8::1", port: null });
  });

  it("asks nothing that the portal would refuse", () => {
    const { request, errors } = readSimulatorForm(english, {
      subscriber: "",
      host: "",
      port: "70000",
      policy: "in-force",
      ueAddress: "",
    });
    expect(request).toBeNull();
    expect(Object.keys(errors).sort()).toEqual(["host", "port"]);
  });
});

describe("versions and networks", () => {
  const ack = (state: NodeAck["state"]): NodeAck => ({ nodeId: state, nodeName: state, state, at: null, reason: null });

  it("says how far a version has got", () => {
    expect(describeAcks(english, [])).toBe("No node");
    expect(describeAcks(english, [ack("applied")])).toBe("The node has it");
    expect(describeAcks(english, [ack("applied"), ack("applied"), ack("not-in-scope")])).toBe("All 2 nodes have it");
    expect(describeAcks(english, [ack("applied"), ack("waiting"), ack("failed")])).toBe(
      "1 of 3 nodes has it; 1 waiting, 1 failed",
    );
    expect(describeAcks(english, [ack("away")])).toBe("No node has it yet; 1 away");
  });

  it("compares a promoted trial with what was in force before the trial", () => {
    const version = {
      version: 7,
      kind: "promote" as const,
      sourceVersion: 6,
      scope: { kind: "everyone" as const },
      state: "in-force" as const,
      reason: "",
      publishedAt: "2026-01-01T00:00:00Z",
      publishedBy: "",
      acks: [],
    };
    expect(versionBefore(version)).toBe(5);
    expect(versionBefore({ ...version, kind: "rollback", sourceVersion: 2 })).toBe(6);
    expect(versionBefore({ ...version, version: 1, kind: "publish", sourceVersion: null })).toBeNull();
  });

  it("writes values with their units", () => {
    expect(formatFieldValue(english, "totalRateKbps", 1500)).toBe("1.5\u00a0Mbit/s");
    expect(formatFieldValue(english, "lteQuotaBytes", null)).toBe("no quota");
    expect(formatFieldValue(english, "access network 10.0.0.0/8", { access: "lte", name: "Core" })).toBe("LTE, Core");
    expect(formatFieldValue(english, "audience", "everyone")).toBe("Everyone");
  });

  const networks = {
    accessNetworks: [
      { cidr: "10.0.0.0/8", access: "lte" as const, name: "Core network" },
      { cidr: "2001:db8::/32", access: "wifi" as const, name: "" },
    ],
    allowedPrivateRanges: ["192.168.0.0/16"],
  };

  it("gives back networks as they were, as a form and line by line", () => {
    const read = readNetworksForm(english, toNetworksForm(networks));
    expect([read.item, read.rowErrors.size, read.rangesError]).toEqual([networks, 0, undefined]);
    expect(fromNetworkLines(toNetworkLines(networks))).toEqual(networks);
  });

  it("refuses addresses that are none, and the same twice", () => {
    const form = toNetworksForm(networks);
    const rows = [
      ...form.rows,
      { key: 8, cidr: "10.0.0.0/8", access: "wifi" as const, name: "" },
      { key: 9, cidr: "x", access: "wifi" as const, name: "" },
    ];
    const read = readNetworksForm(english, { rows, privateRanges: "10.0.0.0/8 nonsense" });
    expect([...read.rowErrors.keys()]).toEqual([8, 9]);
    expect(read.rangesError).toContain("nonsense");
  });
});
