import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AgentPolicy } from "@/lib/agent/agent-policy";
import { collectedLog } from "../../factories/collected-log";
import { policySnapshot } from "../../factories/policy";
import { type StartedPortalServer, startPortalServer } from "../../factories/portal-server";

let portal: StartedPortalServer;
let policy: AgentPolicy;
const { log, said } = collectedLog();

beforeEach(async () => {
  portal = await startPortalServer();
  policy = new AgentPolicy({ portalUrl: portal.url, deviceId: "ue", secret: "right", log });
});
afterEach(async () => {
  await policy.stop();
  portal.close();
});

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
