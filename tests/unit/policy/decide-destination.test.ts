import { describe, expect, it } from "vitest";
import type { PolicySnapshot } from "@/lib/contracts/policy";
import {
  classifyAccess,
  compilePolicy,
  decideAddress,
  decideHost,
  explainAccess,
  type HostDecision,
  shouldUseProxy,
  withOwnAddresses,
} from "@/lib/policy";

const snapshot: PolicySnapshot = {
  version: 7,
  publishedAt: "2026-01-01T00:00:00Z",
  serviceClasses: [
    {
      id: "gold",
      name: "Gold",
      steering: "aggregate",
      lteSharePercent: null,
      wifiSufficientMbps: null,
      lteRateKbps: null,
      totalRateKbps: null,
      lteQuotaBytes: null,
      whenQuotaReached: null,
    },
  ],
  whiteLists: [
    {
      id: "video",
      name: "Video",
      audience: "everyone",
      rules: [
        { kind: "domain-suffix", value: "video.example", ports: [{ from: 443, to: 443 }] },
        { kind: "host", value: "files.example", ports: [] },
        { kind: "cidr", value: "93.184.216.0/24", ports: [{ from: 80, to: 90 }] },
        { kind: "cidr", value: "10.9.0.0/24", ports: [] },
        { kind: "host", value: "2606:2800::1", ports: [] },
      ],
    },
  ],
  accessNetworks: [
    { cidr: "10.0.0.0/8", access: "lte", name: "LTE" },
    { cidr: "10.2.0.0/16", access: "wifi", name: "WiFi" },
  ],
  allowedPrivateRanges: ["10.9.0.0/24"],
};

const policy = compilePolicy(snapshot, ["10.9.0.1", "93.184.216.9", "127.0.0.1", "fe80::1%eth0"]);
const namesOnly = compilePolicy({
  ...snapshot,
  whiteLists: [
    {
      id: "n",
      name: "Names",
      audience: "everyone",
      rules: [{ kind: "domain-suffix", value: "video.example", ports: [{ from: 443, to: 443 }] }],
    },
  ],
});

/** What a decision says in short: the white-list, the code of the refusal, or that the address is awaited. */
function reasonOf(decision: HostDecision): string | null {
  return decision.kind === "refused" ? decision.reason().text : null;
}

function outcome(decision: ReturnType<typeof decideHost>): string {
  return decision.kind === "allowed"
    ? decision.rule.value
    : decision.kind === "refused"
      ? decision.code
      : decision.kind;
}

describe("decideHost", () => {
  it.each([
    ["cdn.video.example", 443, "video.example"],
    ["video.example", 443, "video.example"],
    ["notvideo.example", 443, "needs-address"],
    ["files.example", 8080, "files.example"],
    ["sub.files.example", 8080, "needs-address"],
    ["files.example", 25, "port-refused"],
    ["files.example", 0, "port-refused"],
    ["files.example", 65_536, "port-refused"],
    ["files.example", 80.5, "port-refused"],
    ["files.example", Number.NaN, "port-refused"],
    ["93.184.216.34", 80, "93.184.216.0/24"],
    ["93.184.216.34", 91, "port-refused"],
    ["93.184.217.34", 80, "not-white-listed"],
    ["93.184.216.9", 80, "own-address"],
    ["10.9.0.5", 80, "10.9.0.0/24"],
    ["10.9.0.1", 80, "own-address"],
    ["10.8.0.5", 80, "private-range"],
    ["::ffff:10.8.0.5", 80, "private-range"],
    ["::ffff:10.9.0.1", 80, "own-address"],
    ["127.0.0.1", 80, "private-range"],
    ["2606:2800::1", 443, "2606:2800::1"],
    ["2606:2800:0:0::0:1", 443, "2606:2800::1"],
    ["2606:2800::2", 443, "not-white-listed"],
  ])("%s port %s: %s", (host, port, expected) => {
    expect(outcome(decideHost(policy, { host, port }))).toBe(expected);
  });

  it("refuses an unlisted name without DNS where no rule is about addresses", () => {
    expect(outcome(decideHost(namesOnly, { host: "other.example", port: 443 }))).toBe("not-white-listed");
    expect(outcome(decideHost(namesOnly, { host: "video.example", port: 80 }))).toBe("port-refused");
  });

  it("says in its trace and reason which rule decided", () => {
    const refused = decideHost(namesOnly, { host: "video.example", port: 80 });
    expect(reasonOf(refused)).toBe('domain-suffix video.example of "Names" does not open port 80');
    expect(decideHost(policy, { host: "10.9.0.5", port: 80 }).trace()).toEqual([
      "10.9.0.5 is private (RFC 1918), allowed by 10.9.0.0/24",
      'cidr 10.9.0.0/24 of "Video"',
    ]);
  });
});

describe("decideAddress", () => {
  it.each([
    ["cdn.video.example", 443, "93.184.216.34", "video.example"],
    ["cdn.video.example", 443, "10.0.0.1", "private-range"],
    ["cdn.video.example", 443, "169.254.169.254", "private-range"],
    ["cdn.video.example", 443, "::1", "private-range"],
    ["cdn.video.example", 443, "::ffff:127.0.0.1", "private-range"],
    ["cdn.video.example", 443, "64:ff9b::a00:1", "private-range"],
    ["cdn.video.example", 443, "10.9.0.1", "own-address"],
    ["cdn.video.example", 443, "93.184.216.9", "own-address"],
    ["cdn.video.example", 443, "fe80::1%eth0", "private-range"],
    ["cdn.video.example", 443, "rebind.example", "private-range"],
    ["cdn.video.example", 25, "93.184.216.34", "port-refused"],
    ["cdn.video.example", 80, "8.8.8.8", "port-refused"],
    ["cdn.video.example", 80, "93.184.216.34", "93.184.216.0/24"],
    ["other.example", 80, "93.184.216.34", "93.184.216.0/24"],
    ["other.example", 91, "93.184.216.34", "port-refused"],
    ["other.example", 80, "8.8.8.8", "not-white-listed"],
    // A numeric host is never matched in place of the address that will be dialled.
    ["93.184.216.34", 80, "8.8.8.8", "not-white-listed"],
  ])("%s port %s at %s: %s", (host, port, address, expected) => {
    expect(outcome(decideAddress(policy, { host, port, address }))).toBe(expected);
  });

  it("leaves loopback to the allowed ranges, also where the node lists it among its own", () => {
    const local = compilePolicy(
      {
        ...snapshot,
        allowedPrivateRanges: ["127.0.0.0/8"],
        whiteLists: [
          { id: "l", name: "L", audience: "everyone", rules: [{ kind: "cidr", value: "127.0.0.0/8", ports: [] }] },
        ],
      },
      ["127.0.0.1", "::1"],
    );
    expect(outcome(decideAddress(local, { host: "127.0.0.1", port: 80, address: "127.0.0.1" }))).toBe("127.0.0.0/8");
  });

  it("takes new own addresses without compiling anew", () => {
    const moved = withOwnAddresses(policy, ["93.184.216.34"]);
    expect(moved.matcher).toBe(policy.matcher);
    expect(outcome(decideAddress(moved, { host: "x.example", port: 80, address: "93.184.216.34" }))).toBe(
      "own-address",
    );
    expect(outcome(decideAddress(moved, { host: "x.example", port: 80, address: "93.184.216.9" }))).toBe(
      "93.184.216.0/24",
    );
  });
});

describe("shouldUseProxy", () => {
  it.each([
    ["cdn.video.example", 443, true],
    ["cdn.video.example", 80, false],
    ["other.example", 443, false],
    ["93.184.216.34", 80, true],
    ["10.8.0.5", 80, false],
    ["10.9.0.5", 25, false],
    ["10.9.0.5", 80, true],
  ])("%s port %s: %s", (host, port, expected) => {
    expect(shouldUseProxy(compilePolicy(snapshot), { host, port })).toBe(expected);
  });
});

describe("extra white-lists", () => {
  const withExtras = compilePolicy({
    ...snapshot,
    whiteLists: [
      {
        id: "sport",
        name: "Sport",
        audience: "extra",
        rules: [
          { kind: "host", value: "live.video.example", ports: [] },
          { kind: "host", value: "match.example", ports: [{ from: 443, to: 443 }] },
        ],
      },
      {
        id: "games",
        name: "Games",
        audience: "extra",
        rules: [{ kind: "cidr", value: "93.184.217.0/24", ports: [] }],
      },
      {
        id: "names",
        name: "Names",
        audience: "everyone",
        rules: [
          { kind: "domain-suffix", value: "video.example", ports: [] },
          { kind: "host", value: "match.example", ports: [{ from: 80, to: 80 }] },
        ],
      },
    ],
  });

  it("takes the next best rule where the best one stands in a list that the subscriber does not have", () => {
    const target = { host: "live.video.example", port: 443 };
    const without = decideHost(withExtras, target);
    expect(without).toMatchObject({ kind: "allowed", whiteListId: "names" });
    expect(without.trace()).toEqual([
      'host live.video.example of "Sport" is passed over: this subscriber does not have that extra list',
      'domain-suffix video.example of "Names"',
    ]);
    expect(decideHost(withExtras, target, new Set(["games"]))).toMatchObject({ whiteListId: "names" });
    const having = decideHost(withExtras, target, new Set(["games", "sport"]));
    expect(having).toMatchObject({ kind: "allowed", whiteListId: "sport" });
    expect(having.trace()).toEqual(['host live.video.example of "Sport"']);
  });

  it("refuses with the list's name what only a list of others allows", () => {
    const target = { host: "match.example", port: 443, address: "93.184.216.34" };
    const unlisted = decideAddress(withExtras, target);
    expect(outcome(unlisted)).toBe("not-white-listed");
    expect(reasonOf(unlisted)).toBe(
      'match.example is on no white-list of this subscriber, only on the extra list "Sport"',
    );
    expect(decideAddress(withExtras, target, new Set(["sport"])).kind).toBe("allowed");
    const closed = decideAddress(withExtras, { ...target, port: 8080 });
    expect(outcome(closed)).toBe("port-refused");
    expect(reasonOf(closed)).toBe('host match.example of "Names" does not open port 8080');
    expect(shouldUseProxy(withExtras, target)).toBe(false);
    expect(shouldUseProxy(withExtras, target, new Set(["sport"]))).toBe(true);
  });

  it("asks for an address only where a list of the subscriber has rules about addresses", () => {
    const target = { host: "other.example", port: 443 };
    expect(decideHost(withExtras, target).kind).toBe("refused");
    expect(decideHost(withExtras, target, new Set(["sport"])).kind).toBe("refused");
    expect(decideHost(withExtras, target, new Set(["games"])).kind).toBe("needs-address");
    const numeric = { host: "93.184.217.3", port: 443 };
    expect(decideHost(withExtras, numeric).kind).toBe("refused");
    expect(decideHost(withExtras, numeric, new Set(["games"]))).toMatchObject({ whiteListId: "games" });
  });

  it("opens nothing that is refused whatever the lists say", () => {
    const all = new Set(["sport", "games"]);
    expect(outcome(decideHost(withExtras, { host: "match.example", port: 25 }, all))).toBe("port-refused");
    const inside = { host: "match.example", port: 443, address: "127.0.0.1" };
    expect(outcome(decideAddress(withExtras, inside, all))).toBe("private-range");
  });
});

describe("explainAccess", () => {
  it("names the entry that decided", () => {
    expect(explainAccess(policy, "10.2.2.3")).toEqual({ access: "wifi", name: "WiFi", cidr: "10.2.0.0/16" });
    expect(explainAccess(policy, "11.1.2.3")).toEqual({ access: "other", name: null, cidr: null });
    expect(explainAccess(policy, "nonsense")).toEqual({ access: "other", name: null, cidr: null });
  });
});

describe("compilePolicy", () => {
  it("keeps the classes by id with all their fields", () => {
    expect(policy.version).toBe(7);
    expect(policy.serviceClasses.get("gold")?.steering).toBe("aggregate");
    expect(policy.serviceClasses.get("none")).toBeUndefined();
  });

  it.each([
    ["10.1.2.3", "lte"],
    ["10.2.2.3", "wifi"],
    ["::ffff:10.2.2.3", "wifi"],
    ["11.1.2.3", "other"],
    ["2001:db8::1", "other"],
    ["nonsense", "other"],
  ])("classifies %s as %s", (address, access) => {
    expect(classifyAccess(policy, address)).toBe(access);
  });

  it.each([
    [{ accessNetworks: [{ cidr: "10.0.0.1/8", access: "lte" as const, name: "" }] }, "POLICY_BAD_CIDR"],
    [{ allowedPrivateRanges: ["10.0.0.0/33"] }, "POLICY_BAD_CIDR"],
    [
      {
        whiteLists: [
          {
            id: "a",
            name: "A",
            audience: "everyone" as const,
            rules: [{ kind: "host" as const, value: "a b", ports: [] }],
          },
        ],
      },
      "POLICY_BAD_RULE",
    ],
  ])("refuses %j", (change, code) => {
    expect(() => compilePolicy({ ...snapshot, ...change })).toThrow(expect.objectContaining({ code }));
  });
});
