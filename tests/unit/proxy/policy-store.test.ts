import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Entitlement, PolicyAck, PolicySnapshot } from "@/lib/contracts/policy";
import { PolicyStore, type PolicyStoreOptions } from "@/lib/proxy/policy-store";
import { PortalRefusal } from "@/lib/proxy/portal-client";
import { AppError } from "@/lib/shared/errors";
import { collectedLog } from "../../factories/collected-log";
import { entitlement, policySnapshot } from "../../factories/policy";

let folder: string;
let stateFile: string;
const { log, said } = collectedLog();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "policy-store-"));
  stateFile = join(folder, "state", "policy.json");
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

type Fetch = PolicyStoreOptions["fetchEntitlement"];
const away: Fetch = () => Promise.reject(new AppError("PORTAL_UNREACHABLE", "away"));

function store(fetchEntitlement: Fetch = async () => null, changes: Partial<PolicyStoreOptions> = {}): PolicyStore {
  return new PolicyStore({
    stateFile,
    fetchEntitlement,
    ownAddresses: () => [],
    onAck: () => {},
    onPolicy: () => {},
    onRevoked: () => {},
    log,
    ...changes,
  });
}

const unfit: PolicySnapshot = policySnapshot({
  version: 9,
  accessNetworks: [{ cidr: "10.1.0.0/99", access: "lte", name: "LTE" }],
});
const expired = { expiresAt: new Date(Date.now() - 1000).toISOString() };

describe("PolicyStore: the policy", () => {
  it("is none until a snapshot comes", () => {
    const started = store();
    expect(started.policy).toBeNull();
    expect(started.version).toBe(0);
    started.handle({ type: "heartbeat", at: "2026-01-01T00:00:00Z" });
    expect(started.policy).toBeNull();
    started.handle({ type: "snapshot", snapshot: policySnapshot({ version: 3 }) });
    expect(started.policy?.version).toBe(3);
    expect(started.version).toBe(3);
  });

  it("is told of once a restart cannot lose it", async () => {
    const kept: unknown[] = [];
    const onAck = async (): Promise<void> => {
      const restarted = store();
      await restarted.load();
      kept.push(restarted.kept);
    };
    const started = store(undefined, { onAck: () => void onAck() });
    started.handle({ type: "snapshot", snapshot: policySnapshot({ version: 3 }) });
    expect(started.version).toBe(3);
    expect(started.kept.version).toBe(0);
    await vi.waitFor(() => expect(kept).toEqual([{ version: 3, canaryVersion: null }]));
    expect(started.kept.version).toBe(3);
  });

  it("is not set back by a portal that is behind, but follows one that was set up anew", () => {
    const started = store();
    started.handle({ type: "snapshot", snapshot: policySnapshot({ version: 3, publishedAt: "2026-01-03T00:00:00Z" }) });
    started.handle({ type: "snapshot", snapshot: policySnapshot({ version: 2, publishedAt: "2026-01-02T00:00:00Z" }) });
    expect(started.version).toBe(3);
    started.handle({ type: "snapshot", snapshot: policySnapshot({ version: 1, publishedAt: "2026-01-04T00:00:00Z" }) });
    expect(started.version).toBe(1);
  });

  it("stays as it was where a snapshot is unfit, and says so once it comes", () => {
    const started = store();
    started.handle({ type: "snapshot", snapshot: policySnapshot({ version: 3 }) });
    expect(() => started.handle({ type: "snapshot", snapshot: unfit })).not.toThrow();
    expect(started.policy?.version).toBe(3);
    expect(started.version).toBe(3);
    expect(said("error")).toEqual(["policy unfit: the one before stays in force"]);
  });
});

describe("PolicyStore: after a gap", () => {
  it("asks again for a kept device, whose secret may have been changed meanwhile", async () => {
    const before = store(async (deviceId) => entitlement(deviceId));
    await before.entitlementOf("ue");
    await before.save();
    const changed = { ...entitlement("ue"), secretSha256: "f".repeat(64) };
    const after = store(async () => changed);
    await after.load();
    expect(await after.entitlementOf("ue")).toEqual(changed);
  });

  it("asks again once the stream began anew, and answers from memory in between", async () => {
    let asked = 0;
    const started = store(async (deviceId) => {
      asked += 1;
      return entitlement(deviceId);
    });
    await started.entitlementOf("ue");
    await started.entitlementOf("ue");
    expect(asked).toBe(1);
    started.streamBegan();
    await started.entitlementOf("ue");
    expect(asked).toBe(2);
  });

  it("keeps a device in force while the portal does not answer", async () => {
    const before = store(async (deviceId) => entitlement(deviceId));
    await before.entitlementOf("ue");
    await before.save();
    let asked = 0;
    const after = store((deviceId) => {
      asked += 1;
      return away(deviceId);
    });
    await after.load();
    expect((await after.entitlementOf("ue"))?.deviceId).toBe("ue");
    expect((await after.entitlementOf("ue"))?.deviceId).toBe("ue");
    expect(asked, "a portal that is away is not waited for at every connection").toBe(1);
  });
});

describe("PolicyStore: kept on disk", () => {
  it("comes back whole, readable by its owner only", async () => {
    const first = store(async (deviceId) => entitlement(deviceId));
    first.handle({ type: "snapshot", snapshot: policySnapshot({ version: 4 }) });
    const fetched = await first.entitlementOf("ue");
    await first.save();
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, "state"))).toEqual(["policy.json"]);

    const second = store(away);
    await second.load();
    expect(second.policy?.version).toBe(4);
    expect(await second.entitlementOf("ue")).toEqual(fetched);
  });

  it("is written soon after a change, without being asked", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const first = store();
    first.handle({ type: "snapshot", snapshot: policySnapshot({ version: 5 }) });
    vi.runAllTimers();
    vi.useRealTimers();
    const second = store();
    await vi.waitFor(async () => {
      await second.load();
      expect(second.version).toBe(5);
    });
  });

  it("survives two savings at once", async () => {
    const started = store();
    started.handle({ type: "snapshot", snapshot: policySnapshot({ version: 6 }) });
    await Promise.all([started.save(), started.save(), started.save()]);
    const second = store();
    await second.load();
    expect(second.version).toBe(6);
  });

  it.each([
    ["no file", null],
    ["half a file", '{"snapshot": {'],
    ["another program's file", "[1, 2]"],
    ["an unfit snapshot", JSON.stringify({ snapshot: unfit, entitlements: [] })],
  ])("is an empty start with %s", async (_, text) => {
    stateFile = join(folder, "policy.json");
    if (text !== null) await writeFile(stateFile, text);
    const started = store();
    await started.load();
    expect(started.policy).toBeNull();
    expect(await started.entitlementOf("ue")).toBeNull();
  });
});

describe("PolicyStore: entitlements", () => {
  it("are fetched once, and once for all that ask at the same time", async () => {
    const fetch = vi.fn<Fetch>(async (deviceId) => entitlement(deviceId));
    const started = store(fetch);
    await Promise.all([started.entitlementOf("ue"), started.entitlementOf("ue"), started.entitlementOf("other")]);
    await started.entitlementOf("ue");
    expect(fetch.mock.calls).toEqual([["ue"], ["other"]]);
  });

  it("are fetched anew once they have expired", async () => {
    const changes = [expired];
    const fetch = vi.fn<Fetch>(async (deviceId) => entitlement(deviceId, changes.shift()));
    const started = store(fetch);
    await started.entitlementOf("ue");
    await started.entitlementOf("ue");
    await started.entitlementOf("ue");
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it("stay in force past their end while the portal is away, and no longer than that", async () => {
    const answers: (Entitlement | null | "away")[] = [entitlement("ue", expired), "away", null];
    const started = store(async () => {
      const answer = answers.shift() ?? null;
      if (answer === "away") throw new AppError("PORTAL_UNREACHABLE", "away");
      return answer;
    });
    await started.entitlementOf("ue");
    expect(await started.entitlementOf("ue")).toMatchObject({ deviceId: "ue", ...expired });
    started.streamBegan();
    expect(await started.entitlementOf("ue")).toBeNull();
  });

  it("of an unknown device are asked for again only after two seconds", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const fetch = vi.fn<Fetch>(async () => null);
    const started = store(fetch);
    expect(await started.entitlementOf("nobody")).toBeNull();
    expect(await started.entitlementOf("nobody")).toBeNull();
    expect(fetch).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2100);
    expect(await started.entitlementOf("nobody")).toBeNull();
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it("are none for an unknown device while the portal is away, but only for now", async () => {
    let isAway = true;
    const started = store(async (deviceId) => (isAway ? away(deviceId) : entitlement(deviceId)));
    expect(await started.entitlementOf("ue")).toBeNull();
    isAway = false;
    expect(await started.entitlementOf("ue")).toMatchObject({ deviceId: "ue" });
  });
});

describe("PolicyStore: what no device can be called", () => {
  it.each([".", "..", "", "a/b", "ue\0", "x".repeat(65), "ue?", "ü"])(
    "%j is nobody, and the portal is not asked",
    async (id) => {
      const fetch = vi.fn<Fetch>(async (deviceId) => entitlement(deviceId));
      expect(await store(fetch).entitlementOf(id)).toBeNull();
      expect(fetch).not.toHaveBeenCalled();
    },
  );

  it("a refusal of one device does not make the portal away for the others", async () => {
    const fetch = vi.fn<Fetch>(async (deviceId) => {
      if (deviceId === "odd") throw new PortalRefusal(422, "no such id");
      return entitlement(deviceId);
    });
    const started = store(fetch);
    await started.entitlementOf("ue");
    started.streamBegan();
    expect(await started.entitlementOf("odd")).toBeNull();
    await started.entitlementOf("ue");
    expect(fetch.mock.calls).toEqual([["ue"], ["odd"], ["ue"]]);
  });
});

describe("PolicyStore: what it cannot read", () => {
  it("is told of by its version, and changes nothing", async () => {
    const acks: PolicyAck[] = [];
    const started = store(undefined, { onAck: (ack) => acks.push(ack) });
    started.handle({ type: "snapshot", snapshot: policySnapshot({ version: 3 }) });
    started.refuse(null, "an event of another kind");
    started.refuse(4, "steering: unknown");
    await vi.waitFor(() => expect(acks).toHaveLength(2));
    expect(acks[1]).toEqual({ version: 4, isApplied: false, reason: "steering: unknown" });
    expect(started.version).toBe(3);
  });
});

describe("PolicyStore: revocation", () => {
  it("forgets the named devices alone and tells of them", async () => {
    const fetch = vi.fn<Fetch>(async (deviceId) => entitlement(deviceId));
    const onRevoked = vi.fn();
    const started = store(fetch, { onRevoked });
    await Promise.all([started.entitlementOf("a"), started.entitlementOf("b")]);
    started.handle({ type: "revoke", deviceIds: ["a"] });
    await Promise.all([started.entitlementOf("a"), started.entitlementOf("b")]);
    expect(fetch.mock.calls).toEqual([["a"], ["b"], ["a"]]);
    expect(onRevoked).toHaveBeenCalledExactlyOnceWith(["a"]);
  });

  it("of all forgets every device, the unknown ones too", async () => {
    const fetch = vi.fn<Fetch>(async (deviceId) => (deviceId === "nobody" ? null : entitlement(deviceId)));
    const onRevoked = vi.fn();
    const started = store(fetch, { onRevoked });
    await Promise.all([started.entitlementOf("a"), started.entitlementOf("nobody")]);
    started.handle({ type: "revoke", deviceIds: null });
    await Promise.all([started.entitlementOf("a"), started.entitlementOf("nobody")]);
    expect(fetch).toHaveBeenCalledTimes(4);
    expect(onRevoked).toHaveBeenCalledExactlyOnceWith(null);
  });

  it("holds while the portal is away", async () => {
    let isAway = false;
    const started = store(async (deviceId) => (isAway ? away(deviceId) : entitlement(deviceId)));
    await started.entitlementOf("ue");
    isAway = true;
    started.handle({ type: "revoke", deviceIds: ["ue"] });
    expect(await started.entitlementOf("ue")).toBeNull();
  });

  it("counts for an answer that was under way, also where that fails", async () => {
    const answers: ((answer: Entitlement | Error) => void)[] = [];
    const started = store(
      () =>
        new Promise((resolve, reject) => {
          answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
        }),
    );
    const asked = started.entitlementOf("ue");
    started.handle({ type: "revoke", deviceIds: ["ue"] });
    answers[0]?.(entitlement("ue"));
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(entitlement("ue", { state: "suspended", ...expired }));
    expect(await asked).toMatchObject({ state: "suspended" });

    const askedAgain = started.entitlementOf("ue");
    await vi.waitFor(() => expect(answers).toHaveLength(3));
    started.handle({ type: "revoke", deviceIds: ["ue"] });
    answers[2]?.(new Error("away"));
    expect(await askedAgain).toBeNull();
  });
});
