import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GET as list, POST as make } from "@/app/api/demo/runs/[id]/shares/route";
import { POST as revoke } from "@/app/api/demo/shares/[id]/revoke/route";
import { POST as openShare } from "@/app/api/demo/shares/open/route";
import { waitingLane } from "@/lib/contracts/demo";
import {
  demoShareListSchema,
  type NewDemoShare,
  newDemoShareSchema,
  sharedRunSchema,
} from "@/lib/contracts/demo-shares";
import type { DemoRun } from "@/lib/contracts/live";
import { problemSchema } from "@/lib/contracts/portal";
import { getDatabase } from "@/lib/db/client";
import { writeDemoRun } from "@/lib/services/demo-run-store";
import { sha256Hex } from "@/lib/shared/ids";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let demo: { cookie: string };
let actor: string;

beforeAll(async () => {
  database = await startTestDatabase();
  const signed = await signedIn("demo");
  demo = { cookie: signed.cookie };
  actor = `staff:${signed.staffId}`;
});
afterAll(() => database.stop());
beforeEach(async () => {
  await getDatabase().signInAttempt.deleteMany();
});

const samples = [{ tMs: 200, lteBytes: 10, wifiBytes: 0, deliveredBytes: 9 }];

async function keptRun(state: DemoRun["state"] = "finished"): Promise<DemoRun> {
  const run: DemoRun = {
    id: randomUUID(),
    request: { preset: "city", device: null, direction: "download", sizeBytes: 1_000_000, lanes: ["lte-only"] },
    state,
    createdAt: "2026-01-01T00:00:00.000Z",
    finishedAt: null,
    createdBy: "Ana Kowalska",
    lanes: [{ ...waitingLane("lte-only"), state: "finished", elapsedMs: 300, samples }],
    testbed: null,
    device: null,
  };
  await getDatabase().$transaction((transaction) => writeDemoRun(transaction, run, run.lanes));
  return run;
}

async function share(runId: string): Promise<NewDemoShare> {
  const answer = await callRoute(make, { headers: demo, params: { id: runId }, body: {} });
  expect(answer.status).toBe(201);
  return newDemoShareSchema.parse(await answer.json());
}

const tokenOf = ({ url }: NewDemoShare): string => new URL(url).hash.slice(1);

/** As a stranger, from an address. */
function open(token: string, source = "192.0.2.1"): Promise<Response> {
  return callRoute(openShare, { headers: { "x-forwarded-for": source }, body: { token } });
}

async function codeOf(answer: Response): Promise<string> {
  return problemSchema.parse(await answer.json()).code;
}

describe("a link to a run", () => {
  it("shows exactly that run to a stranger, without who started it", async () => {
    const [run, other] = [await keptRun(), await keptRun()];
    const made = await share(run.id);
    expect(new URL(made.url).pathname).toBe("/shared");
    const answer = await open(tokenOf(made));
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).not.toContain(other.id);
    expect(text).not.toContain("Ana Kowalska");
    const shared = sharedRunSchema.parse(JSON.parse(text));
    expect(shared.run).toMatchObject({ id: run.id, lanes: [{ samples }] });
    expect(shared.expiresAt).toBe(made.expiresAt);
    const days = (Date.parse(made.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(7, 2);
  });

  it("keeps only its token's hash, and its makings and revocations in the audit log", async () => {
    const run = await keptRun();
    const made = await share(run.id);
    const row = await getDatabase().demoShare.findUniqueOrThrow({ where: { id: made.id } });
    expect(row.tokenHash).toBe(sha256Hex(tokenOf(made)));
    const entries = () =>
      getDatabase().auditEntry.findMany({ where: { target: `run:${run.id}` }, orderBy: { id: "asc" } });
    for (let n = 0; n < 2; n += 1) await callRoute(revoke, { headers: demo, params: { id: made.id }, body: {} });
    expect(await entries()).toMatchObject([
      { action: "demo.share", actor, after: { share: made.id } },
      { action: "demo.unshare", actor, before: { share: made.id } },
    ]);
    expect(
      JSON.stringify(await entries(), (_, value) => (typeof value === "bigint" ? String(value) : value)),
    ).not.toContain(tokenOf(made));
  });

  it("shows nothing once it is revoked, has expired, or is wrong, with one answer", async () => {
    const run = await keptRun();
    const [revoked, expired, good] = [await share(run.id), await share(run.id), await share(run.id)];
    await callRoute(revoke, { headers: demo, params: { id: revoked.id }, body: {} });
    await getDatabase().demoShare.update({ where: { id: expired.id }, data: { expiresAt: new Date() } });
    for (const token of [tokenOf(revoked), tokenOf(expired), `${tokenOf(good).slice(1)}x`]) {
      const answer = await open(token);
      expect(answer.status).toBe(410);
      expect(await codeOf(answer)).toBe("DEMO_SHARE_REFUSED");
    }
    expect((await open(tokenOf(good))).status).toBe(200);
    const listed = demoShareListSchema.parse(
      await (await callRoute(list, { headers: demo, params: { id: run.id } })).json(),
    );
    expect(listed.items.map(({ id }) => id).sort()).toEqual([revoked.id, expired.id, good.id].sort());
    expect(JSON.stringify(listed)).not.toContain(tokenOf(good));
  });

  it("is not made for a run that goes on or is unknown, nor without end", async () => {
    const running = await keptRun("running");
    const post = (id: string) => callRoute(make, { headers: demo, params: { id }, body: {} });
    expect(await codeOf(await post(running.id))).toBe("DEMO_RUN_GOES_ON");
    await getDatabase().demoRun.update({ where: { id: running.id }, data: { state: "failed" } });
    expect(await codeOf(await post(randomUUID()))).toBe("DEMO_RUN_UNKNOWN");
    const run = await keptRun();
    const made = [];
    for (let n = 0; n < 10; n += 1) made.push(await share(run.id));
    expect(await codeOf(await post(run.id))).toBe("DEMO_SHARE_TOO_MANY");
    await callRoute(revoke, { headers: demo, params: { id: made[0]?.id ?? "" }, body: {} });
    expect((await post(run.id)).status).toBe(201);
  });

  it("is slowed down for who tries many, and for nobody else", async () => {
    const token = tokenOf(await share((await keptRun()).id));
    for (let n = 0; n < 60; n += 1) await open(`wrong-token-number-${n}`, "192.0.2.66");
    const answer = await open(token, "192.0.2.66");
    expect(answer.status).toBe(429);
    expect(await codeOf(answer)).toBe("DEMO_SHARE_THROTTLED");
    expect((await open(token, "192.0.2.67")).status).toBe(200);
  });
});
