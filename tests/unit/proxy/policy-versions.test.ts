import { describe, expect, it } from "vitest";
import type { PolicyAck, PolicyEvent, PolicySnapshot } from "@/lib/contracts/policy";
import { isInCanary, makeDelta } from "@/lib/policy";
import { PolicyVersions } from "@/lib/proxy/policy-versions";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { sha256Hex } from "@/lib/shared/ids";
import { collectedLog } from "../../factories/collected-log";
import { policySnapshot, rule, serviceClass, whiteList } from "../../factories/policy";

const { log } = collectedLog();

function versions(): { started: PolicyVersions; acks: PolicyAck[] } {
  const acks: PolicyAck[] = [];
  const started = new PolicyVersions({ ownAddresses: () => [], onAck: (ack) => acks.push(ack), log });
  return { started, acks };
}

const first = policySnapshot({ version: 1, whiteLists: [whiteList("a", [rule("host", "a.example")])] });
const second: PolicySnapshot = {
  ...first,
  version: 2,
  publishedAt: "2026-01-02T00:00:00Z",
  serviceClasses: [serviceClass("silver", { steering: "lte-share", lteSharePercent: 20 }), serviceClass("gold")],
  whiteLists: [...first.whiteLists, whiteList("b", [rule("host", "b.example")])],
};
const unfit: PolicySnapshot = { ...second, version: 3, allowedPrivateRanges: ["10.0.0.0/99"] };
const fourth: PolicySnapshot = { ...second, version: 4, publishedAt: "2026-01-04T00:00:00Z" };

const taken = (version: number): PolicyAck => ({ version, isApplied: true, reason: null });
const snapshotEvent = (snapshot: PolicySnapshot): PolicyEvent => ({ type: "snapshot", snapshot });
const deltaEvent = (before: PolicySnapshot, after: PolicySnapshot, sha256?: string): PolicyEvent => ({
  type: "delta",
  delta: makeDelta(before, after),
  sha256: sha256 ?? sha256Hex(canonicalJson(after)),
});

describe("PolicyVersions", () => {
  it("takes a snapshot, then what changed, and says so", () => {
    const { started, acks } = versions();
    expect(started.lastEventId).toBeNull();
    expect(started.handle(snapshotEvent(first))).toBe(true);
    expect(started.handle(deltaEvent(first, second))).toBe(true);
    expect(started.kept().snapshot).toEqual(second);
    expect(started.version).toBe(2);
    expect(started.lastEventId).toBe("2");
    expect(acks).toEqual([taken(1), taken(2)]);
  });

  it.each([
    ["gives another policy than the portal's", deltaEvent(first, second, "0".repeat(64))],
    ["starts from another version", deltaEvent(second, fourth)],
  ])("keeps what it has and asks for the whole policy where a change %s", (_, event) => {
    const { started, acks } = versions();
    started.handle(snapshotEvent(first));
    expect(() => started.handle(event)).toThrow(expect.objectContaining({ code: "POLICY_DELTA_MISMATCH" }));
    expect(started.version).toBe(1);
    expect(started.lastEventId).toBeNull();
    expect(acks).toEqual([taken(1)]);
    started.handle(snapshotEvent(second));
    expect(started.lastEventId).toBe("2");
  });

  it("refuses a change that comes before any policy", () => {
    const { started } = versions();
    expect(() => started.handle(deltaEvent(first, second))).toThrow(
      expect.objectContaining({ code: "POLICY_DELTA_MISMATCH" }),
    );
  });

  it("says why a version is unfit, and takes the next change on top of it", () => {
    const { started, acks } = versions();
    started.handle(snapshotEvent(second));
    expect(started.handle(deltaEvent(second, unfit))).toBe(false);
    expect(started.version).toBe(2);
    expect(started.kept().snapshot).toEqual(second);
    expect(started.handle(deltaEvent(unfit, fourth))).toBe(true);
    expect(started.version).toBe(4);
    expect(acks).toEqual([
      taken(2),
      { version: 3, isApplied: false, reason: expect.stringContaining("10.0.0.0/99") },
      taken(4),
    ]);
  });

  it("goes on from what was kept, and tells again what is in force", () => {
    const before = versions();
    before.started.handle(snapshotEvent(first));
    before.started.handle({ type: "canary", canary: { percent: 50, snapshot: second } });
    const { started, acks } = versions();
    started.restore(before.started.kept());
    expect([started.version, started.canaryVersion, started.lastEventId]).toEqual([1, 2, "1"]);
    expect(acks).toEqual([]);
    started.acknowledge();
    expect(acks).toEqual([taken(1), taken(2)]);
    expect(started.handle(deltaEvent(first, fourth))).toBe(true);
  });
});

describe("PolicyVersions: a trial", () => {
  const percent = 30;
  const subscribers = Array.from({ length: 200 }, (_, index) => `subscriber-${index}`);
  const isDrawn = (subscriberId: string): boolean => isInCanary({ subscriberId, version: 2, percent });

  it("governs the subscribers that were drawn, and nobody once it has ended", () => {
    const { started, acks } = versions();
    started.handle(snapshotEvent(first));
    expect(started.handle({ type: "canary", canary: { percent, snapshot: second } })).toBe(true);
    for (const id of subscribers) expect(started.policyFor(id)?.version).toBe(isDrawn(id) ? 2 : 1);
    expect(new Set(subscribers.map(isDrawn)).size).toBe(2);
    expect([started.version, started.canaryVersion]).toEqual([1, 2]);
    expect(started.handle({ type: "canary", canary: null })).toBe(true);
    expect(started.handle({ type: "canary", canary: null })).toBe(false);
    for (const id of subscribers) expect(started.policyFor(id)?.version).toBe(1);
    expect(acks).toEqual([taken(1), taken(2)]);
  });

  it("ends by itself where a later version comes into force", () => {
    const { started } = versions();
    started.handle(snapshotEvent(first));
    started.handle({ type: "canary", canary: { percent, snapshot: second } });
    started.handle(snapshotEvent(fourth));
    expect(started.canaryVersion).toBeNull();
    for (const id of subscribers) expect(started.policyFor(id)?.version).toBe(4);
  });

  it("that is unfit governs nobody, and is refused", () => {
    const { started, acks } = versions();
    started.handle(snapshotEvent(first));
    started.handle({ type: "canary", canary: { percent, snapshot: second } });
    expect(started.handle({ type: "canary", canary: { percent, snapshot: unfit } })).toBe(true);
    expect(started.canaryVersion).toBeNull();
    expect(acks.at(-1)).toMatchObject({ version: 3, isApplied: false });
  });
});
