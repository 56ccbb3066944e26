import { afterAll, beforeAll, expect, it } from "vitest";
import { GET as firstSteps } from "@/app/api/first-steps/route";
import { POST as lookUp } from "@/app/api/support/look-up/route";
import { type FirstSteps, firstStepsSchema } from "@/lib/contracts/first-steps";
import { getDatabase } from "@/lib/db/client";
import { ensureDemoSubscriber } from "@/lib/services/ensure-demo-subscriber";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { PolicyDesk } from "@/tests/factories/policy-desk";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

/** The steps that are done, as whoever has this cookie is told. */
async function done(headers: { cookie: string }): Promise<string[]> {
  const answer = await callRoute(firstSteps, { headers });
  expect(answer.status).toBe(200);
  const steps = firstStepsSchema.parse(await answer.json());
  return (Object.keys(steps) as (keyof FirstSteps)[]).filter((key) => steps[key]);
}

it("follows what is so: nodes that reported, a device, a session, a policy of the staff's own, one's own look-up", async () => {
  const [admin, other] = await Promise.all([signedIn("admin"), signedIn("support")]);
  const headers = { cookie: admin.cookie };
  expect(await done(headers)).toEqual([]);

  const node = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" } as const;
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
  expect(await done(headers), "a node that never reported").toEqual([]);
  const { deviceId } = await ensureDemoSubscriber({ classId: "gold" });
  expect(await done(headers)).toEqual(["hasSubscriber", "hasDevice"]);

  const { subscriberId } = await getDatabase().device.findUniqueOrThrow({ where: { id: deviceId } });
  const session = { ...sessionReport("first"), subscriberId };
  await recordTelemetry(node, telemetryBatch({ sequence: 1, sessions: [session] }));
  expect(await done(headers)).toEqual(["hasProxy", "hasSubscriber", "hasDevice", "hasSession"]);

  await new PolicyDesk(headers).publishClass("silver", { lteSharePercent: 33 });
  expect(await done(headers)).toContain("hasPublication");

  const body = { identifier: deviceId, purpose: "ticket 1", destination: null };
  expect((await callRoute(lookUp, { headers: { cookie: other.cookie }, body })).status).toBe(200);
  expect(await done({ cookie: other.cookie })).toContain("hasLookUp");
  expect(await done(headers), "somebody else's look-up").not.toContain("hasLookUp");
});
