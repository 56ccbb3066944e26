import { describe, expect, it } from "vitest";
import type { AgentStanding } from "@/lib/agent/agent-policy";
import { chosenPolicy, type DeviceChoice, everythingOn } from "@/lib/agent/device-choice";
import {
  captureTimeoutSeconds,
  chooseCaptured,
  type FollowedPolicy,
  listedAddresses,
  ruledRanges,
} from "@/lib/agent/transparent/captured-destinations";
import { NameTable } from "@/lib/agent/transparent/name-table";
import type { WhiteList } from "@/lib/contracts/policy";
import { compilePolicy, shouldUseProxy } from "@/lib/policy";
import { policySnapshot } from "../../factories/policy";

const rule = (kind: "host" | "domain-suffix" | "cidr", value: string, port?: number): WhiteList["rules"][number] => ({
  kind,
  value,
  ports: port === undefined ? [] : [{ from: port, to: port }],
});

function followed(standing: Partial<AgentStanding> = {}, choice: DeviceChoice = everythingOn): FollowedPolicy {
  const snapshot = policySnapshot({
    whiteLists: [
      {
        id: "w",
        name: "W",
        audience: "everyone",
        rules: [
          rule("host", "video.example", 443),
          rule("domain-suffix", "tv.example"),
          rule("cidr", "203.0.113.0/24"),
        ],
      },
      {
        id: "x",
        name: "X",
        audience: "extra",
        rules: [rule("cidr", "2001:db8:5::/48"), rule("host", "8.8.4.4"), rule("host", "extra.example")],
      },
    ],
  });
  const current = compilePolicy(chosenPolicy(snapshot, choice));
  const whole = { state: "active", serviceClassId: "gold", isQuotaReached: false, extraWhiteListIds: [], ...standing };
  const extraIds = new Set(whole.extraWhiteListIds);
  return {
    current,
    snapshot,
    choice,
    isServed: whole.state === "active",
    extraWhiteListIds: () => extraIds,
    usesProxy: (target) => whole.state === "active" && shouldUseProxy(current, target, extraIds),
  };
}

describe("a captured connection", () => {
  it("goes by the most recent white-listed name of its address, and only on a port that is open", () => {
    const names = new NameTable();
    names.learn("a.tv.example", "8.8.1.1", 1000);
    names.learn("video.example", "8.8.1.1", 1000);
    names.learn("ads.example", "8.8.1.1", 1000);
    expect(chooseCaptured(followed(), names, { address: "8.8.1.1", port: 443 })).toBe("video.example");
    expect(chooseCaptured(followed(), names, { address: "8.8.1.1", port: 80 })).toBe("a.tv.example");
    expect(chooseCaptured(followed(), names, { address: "8.8.1.1", port: 25 })).toBeNull();
    expect(chooseCaptured(followed(), names, { address: "8.8.1.2", port: 443 })).toBeNull();
  });

  it("goes by address where a rule about addresses holds it", () => {
    const names = new NameTable();
    const original = { address: "203.0.113.9", port: 80 };
    names.learn("unlisted.example", original.address, 1000);
    const publicRange = followed();
    expect(chooseCaptured(publicRange, names, original)).toBe(
      publicRange.usesProxy({ host: original.address, port: 80 }) ? original.address : null,
    );
  });

  it("goes direct while the subscription is suspended", () => {
    const names = new NameTable();
    names.learn("video.example", "8.8.1.1", 1000);
    const suspended = followed({ state: "suspended" });
    expect(chooseCaptured(suspended, names, { address: "8.8.1.1", port: 443 })).toBeNull();
    expect(ruledRanges(suspended)).toEqual([]);
    expect(listedAddresses(suspended, names, performance.now())).toEqual([]);
  });
});

describe("what is redirected", () => {
  it("holds the ranges of this subscriber's lists alone", () => {
    expect(ruledRanges(followed())).toEqual(["203.0.113.0/24"]);
    expect(ruledRanges(followed({ extraWhiteListIds: ["x"] }))).toEqual([
      "203.0.113.0/24",
      "2001:db8:5::/48",
      "8.8.4.4",
    ]);
  });

  it("holds nothing that the owner left out, and nothing at all once stopped", () => {
    const names = new NameTable();
    names.learn("extra.example", "8.8.1.1", 100_000);
    const withExtra = (choice: DeviceChoice) => followed({ extraWhiteListIds: ["x"] }, choice);
    const lessExtra = withExtra({ isOn: true, offWhiteListIds: ["x"] });
    const stopped = withExtra({ isOn: false, offWhiteListIds: [] });
    expect([ruledRanges(lessExtra), ruledRanges(stopped)]).toEqual([["203.0.113.0/24"], []]);
    expect(listedAddresses(lessExtra, names, performance.now())).toEqual([]);
    expect(chooseCaptured(stopped, names, { address: "203.0.113.9", port: 80 })).toBeNull();
  });

  it("holds the addresses of names that a later policy white-lists", () => {
    const names = new NameTable();
    names.learn("extra.example", "8.8.1.1", 100_000);
    names.learn("never.example", "8.8.1.2", 100_000);
    expect(listedAddresses(followed(), names, performance.now())).toEqual([]);
    const [entry, ...others] = listedAddresses(followed({ extraWhiteListIds: ["x"] }), names, performance.now());
    expect(others).toEqual([]);
    expect(entry?.address).toBe("8.8.1.1");
    expect(entry?.timeoutSeconds).toBeGreaterThanOrEqual(100);
  });

  it("keeps an address between half a minute and an hour", () => {
    expect([0, 5, 31.2, 1e6].map(captureTimeoutSeconds)).toEqual([30, 30, 32, 3600]);
  });
});

describe("names of an address", () => {
  it("are forgotten a minute after their time to live, and when there are too many", () => {
    let now = 0;
    const names = new NameTable(() => now);
    names.learn("a.example", "8.8.1.1", 5000);
    now = 64_000;
    expect(names.namesOf("8.8.1.1")).toEqual(["a.example"]);
    now = 66_000;
    expect(names.namesOf("8.8.1.1")).toEqual([]);
    for (let index = 0; index < 20_001; index += 1) names.learn("b.example", `host ${index}`, 5000);
    expect(names.namesOf("host 0")).toEqual([]);
    expect([...names.entries()]).toHaveLength(20_000);
  });

  it("follow the target of a service binding", () => {
    const names = new NameTable();
    names.learnAlias("edge.example", "video.example", 5000);
    names.learnAlias("edge2.example", "edge.example", 5000);
    expect(["edge.example", "edge2.example", "other.example"].map((name) => names.ownerOf(name))).toEqual([
      "video.example",
      "video.example",
      "other.example",
    ]);
  });
});
