import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Entitlement, ServiceClass } from "@/lib/contracts/policy";
import { PolicyStore } from "@/lib/proxy/policy-store";
import { SessionGovernor } from "@/lib/proxy/session-governor";
import { AppError } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import { collectedLog } from "../../factories/collected-log";
import { entitlement, policySnapshot, rule, whiteList } from "../../factories/policy";
import { type StartedSessions, startSessions } from "./started-sessions";

const { log } = collectedLog();
const snapshot = policySnapshot({ whiteLists: [whiteList("list", [rule("host", "host.example")])] });

let folder: string;
let started: StartedSessions;
let policy: PolicyStore;
let governor: SessionGovernor;
let answer: (deviceId: string) => Promise<Entitlement | null>;
const classes: (ServiceClass | null)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "governor-"));
  started = await startSessions();
  answer = async (deviceId) => entitlement(deviceId);
  classes.splice(0);
  policy = new PolicyStore({
    stateFile: join(folder, "policy.json"),
    fetchEntitlement: (deviceId) => answer(deviceId),
    ownAddresses: () => [],
    onAck: () => {},
    onPolicy: () => {},
    onRevoked: () => {},
    log,
  });
  policy.handle({ type: "snapshot", snapshot });
  governor = new SessionGovernor({
    policy,
    sessions: started.sessions,
    onClass: (_, serviceClass) => classes.push(serviceClass),
    log,
    expiryEveryMs: 50,
  });
});
afterEach(async () => {
  governor.stop();
  await started.stop();
  await policy.save();
  await rm(folder, { recursive: true, force: true });
});

const running = (): number => started.sessions.sessions().length;

describe("SessionGovernor", () => {
  it("asks for all devices again with few questions at once, and ends what is suspended", async () => {
    const devices = Array.from({ length: 20 }, (_, index) => `ue-${index}`);
    await Promise.all(devices.map((deviceId) => started.open(deviceId)));
    let open = 0;
    let most = 0;
    const asked: string[] = [];
    answer = async (deviceId) => {
      open += 1;
      most = Math.max(most, open);
      await sleep(5);
      open -= 1;
      asked.push(deviceId);
      return entitlement(deviceId, { state: deviceId === "ue-7" ? "suspended" : "active" });
    };
    policy.handle({ type: "revoke", deviceIds: null });
    governor.entitlementsChanged(null);
    await vi.waitFor(() => expect(asked).toHaveLength(20));
    await vi.waitFor(() => expect(running()).toBe(19));
    expect(most).toBe(4);
    expect(new Set(asked)).toEqual(new Set(devices));
  });

  it("asks for a named device first, and only once for all of its sessions", async () => {
    for (const deviceId of ["a", "b", "c", "d", "e", "f", "g"]) await started.open(deviceId);
    await started.open("g");
    const asked: string[] = [];
    answer = async (deviceId) => {
      asked.push(deviceId);
      await sleep(5);
      return entitlement(deviceId);
    };
    policy.handle({ type: "revoke", deviceIds: null });
    governor.entitlementsChanged(null);
    policy.handle({ type: "revoke", deviceIds: ["g"] });
    governor.entitlementsChanged(["g", "not-here"]);
    await vi.waitFor(() => expect(asked).toHaveLength(7));
    expect(asked.slice(4)).toEqual(["g", "e", "f"]);
    expect(running()).toBe(8);
  });

  it("asks again for a running session's device once its entitlement has expired", async () => {
    answer = async (deviceId) => entitlement(deviceId, { serviceClassId: "bronze" });
    await started.open("ue", { expiresAt: new Date(Date.now() - 1).toISOString() });
    await vi.waitFor(() => expect(started.sessions.sessions()[0]?.report().serviceClassId).toBe("bronze"));
    expect(classes).toEqual([null]);
  });

  it("ends a session that begins with what was revoked while it waited", async () => {
    const before = await policy.entitlementOf("ue");
    if (before === null) throw new Error("no entitlement");
    answer = async (deviceId) => entitlement(deviceId, { state: "suspended" });
    policy.handle({ type: "revoke", deviceIds: ["ue"] });
    await policy.entitlementOf("ue");
    await started.open("ue");
    const [session] = started.sessions.sessions();
    if (session === undefined) throw new Error("no session");
    governor.begin(session, policy.policyFor(before.subscriberId));
    await vi.waitFor(() => expect(running()).toBe(0));
  });

  it("keeps sessions of a named device until the portal answers, and ends them where it knows none", async () => {
    await started.open("ue");
    await policy.entitlementOf("ue");
    let isAway = true;
    answer = () => (isAway ? Promise.reject(new AppError("PORTAL_UNREACHABLE", "away")) : Promise.resolve(null));
    policy.handle({ type: "revoke", deviceIds: ["ue"] });
    governor.entitlementsChanged(["ue"]);
    await sleep(100);
    expect(running()).toBe(1);
    isAway = false;
    governor.entitlementsChanged(["ue"]);
    await vi.waitFor(() => expect(running()).toBe(0));
  });

  it("keeps sessions while the portal is away", async () => {
    await started.open("ue");
    await policy.entitlementOf("ue");
    answer = () => Promise.reject(new Error("away"));
    policy.handle({ type: "revoke", deviceIds: null });
    governor.entitlementsChanged(null);
    await sleep(100);
    expect(running()).toBe(1);
  });
});
