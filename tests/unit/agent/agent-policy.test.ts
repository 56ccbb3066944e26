import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AgentPolicy } from "@/lib/agent/agent-policy";
import type { PolicyEvent } from "@/lib/contracts/policy";
import { collectedLog } from "../../factories/collected-log";
import { policySnapshot, rule, serviceClass, whiteList } from "../../factories/policy";
import { type StartedPortalServer, startPortalServer } from "../../factories/portal-server";

let folder: string;
let portal: StartedPortalServer;
let policy: AgentPolicy;
const { log, said } = collectedLog();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "agent-policy-"));
  portal = await startPortalServer();
  policy = start();
});
afterEach(async () => {
  await policy.stop();
  portal.close();
  await rm(folder, { recursive: true, force: true });
});

function start(deviceId = "ue", portalUrl = portal.url): AgentPolicy {
  return new AgentPolicy({ portalUrl, deviceId, secret: "right", stateFolder: folder, log });
}

const standing: Extract<PolicyEvent, { type: "entitlement" }> = {
  type: "entitlement",
  state: "active",
  serviceClassId: "gold",
  isQuotaReached: false,
  extraWhiteListIds: [],
};
const listed = policySnapshot({
  version: 5,
  serviceClasses: [serviceClass("gold"), serviceClass("bronze", { lteRateKbps: 2000 })],
  whiteLists: [
    whiteList("video", [rule("host", "video.example")]),
    whiteList("partner", [rule("host", "partner.example")], { audience: "extra" }),
  ],
});
const video = { host: "video.example", port: 443 };
const partner = { host: "partner.example", port: 443 };

it("follows the portal's snapshots, and keeps the one before an unfit one on the same stream", async () => {
  expect(policy.current).toBeNull();
  portal.send({ type: "snapshot", snapshot: policySnapshot({ version: 2 }) });
  await vi.waitFor(() => expect(policy.current?.version).toBe(2));
  portal.send({ type: "snapshot", snapshot: policySnapshot({ version: 3, allowedPrivateRanges: ["10.0.0.0/99"] }) });
  await vi.waitFor(() => expect(said("error")).toEqual(["white-lists unfit: those before stay in force"]));
  expect(policy.current?.version).toBe(2);
  portal.send({ type: "revoke", deviceIds: null });
  portal.send({ type: "heartbeat", at: "2026-01-01T00:00:00Z" });
  portal.send({ type: "snapshot", snapshot: policySnapshot({ version: 4 }) });
  await vi.waitFor(() => expect(policy.current?.version).toBe(4));
  expect(portal.streams()).toBe(1);
});

it("knows the class, the extra lists and the state of its subscriber, and tells of each change", async () => {
  const told = vi.fn();
  const forget = policy.onChange(told);
  expect(policy.usesProxy(video)).toBe(false);
  portal.send(standing);
  portal.send({ type: "snapshot", snapshot: listed });
  await vi.waitFor(() => expect(policy.version).toBe(5));
  expect(policy.serviceClass()).toEqual(serviceClass("gold"));
  expect([policy.usesProxy(video), policy.usesProxy(partner)]).toEqual([true, false]);

  portal.send({ ...standing, serviceClassId: "bronze", isQuotaReached: true, extraWhiteListIds: ["partner"] });
  await vi.waitFor(() => expect(policy.serviceClass()?.lteRateKbps).toBe(2000));
  expect(policy.usesProxy(partner)).toBe(true);
  expect([...policy.extraWhiteListIds()]).toEqual(["partner"]);

  portal.send({ ...standing, state: "suspended" });
  await vi.waitFor(() => expect(policy.standing?.state).toBe("suspended"));
  expect(policy.usesProxy(video)).toBe(false);
  expect(told.mock.calls.length).toBeGreaterThanOrEqual(4);
  forget();
  const before = told.mock.calls.length;
  portal.send(standing);
  await vi.waitFor(() => expect(policy.standing?.state).toBe("active"));
  expect(told).toHaveBeenCalledTimes(before);
});

it("works from what it kept, without the portal, and goes on from there", async () => {
  portal.send(standing);
  portal.send({ type: "snapshot", snapshot: listed });
  await vi.waitFor(() => expect(policy.version).toBe(5));
  await policy.stop();
  expect((await stat(join(folder, "agent-policy.json"))).mode & 0o777).toBe(0o600);
  const again = start();
  expect(again.usesProxy(video)).toBe(true);
  expect(again.serviceClass()?.id).toBe("gold");
  await again.stop();
  const other = start("another-device");
  expect([other.current, other.standing]).toEqual([null, null]);
  await other.stop();
});

it("lets all go direct where the portal knows the device no more, and says so", async () => {
  portal.send(standing);
  portal.send({ type: "snapshot", snapshot: listed });
  await vi.waitFor(() => expect(policy.version).toBe(5));
  expect(policy.isServed).toBe(true);
  await policy.stop();
  const denying = createServer((_, response) => response.writeHead(401).end()).listen(0, "127.0.0.1");
  await once(denying, "listening");
  policy = start("ue", `http://127.0.0.1:${(denying.address() as AddressInfo).port}`);
  expect(policy.usesProxy(video)).toBe(true);
  const told = vi.fn();
  policy.onChange(told);
  await vi.waitFor(() => expect(told).toHaveBeenCalled());
  expect([policy.isEnrolled, policy.isServed, policy.usesProxy(video)]).toEqual([false, false, false]);
  expect(said("warn").at(-1)).toContain("knows this device no more");
  denying.closeAllConnections();
  denying.close();
});

it("goes by the owner's choice, at once and after a restart", async () => {
  portal.send({ type: "snapshot", snapshot: listed });
  await vi.waitFor(() => expect(policy.usesProxy(video)).toBe(true));
  const told = vi.fn();
  policy.onChange(told);
  policy.choose({ whiteListId: "video", isOn: false });
  expect(policy.usesProxy(video)).toBe(false);
  expect(told).toHaveBeenCalledTimes(1);
  expect(policy.snapshot?.whiteLists.map(({ id }) => id)).toEqual(["video", "partner"]);
  policy.choose({ whiteListId: "video", isOn: true });
  policy.choose({ isOn: false });
  expect(policy.usesProxy(video)).toBe(false);
  await policy.stop();
  policy = start();
  expect(policy.choice).toEqual({ isOn: false, offWhiteListIds: [] });
  expect(policy.usesProxy(video)).toBe(false);
  policy.choose({ isOn: true });
  expect(policy.usesProxy(video)).toBe(true);
});
