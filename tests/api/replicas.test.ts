import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { draftSchema, draftServiceClassListSchema, policyVersionSchema } from "@/lib/contracts/policy-admin";
import { getDatabase } from "@/lib/db/client";
import { runMigrations } from "@/lib/db/migrate";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { followEventStream } from "@/lib/shared/event-stream";
import { startTestDatabase, type TestDatabase, testOrigin } from "@/tests/factories/database";
import { signedIn } from "@/tests/factories/portal-call";
import { type PortalProcess, startPortalProcess } from "@/tests/factories/portal-process";
import { telemetryBatch } from "@/tests/factories/telemetry";

/** Two portal processes on one database; nobody but the database connects them. */
let database: TestDatabase;
let one: PortalProcess;
let two: PortalProcess;
let admin: { cookie: string };
let node: { authorization: string };
let testbed: { authorization: string };
const undos: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
  admin = { cookie: (await signedIn("admin")).cookie };
  const bearer = async (id: string, kind: "proxy" | "testbed") => {
    const { credential } = await ensureLocalNode({ id, name: id, kind });
    return { authorization: `Bearer ${credential}` };
  };
  node = await bearer("proxy-1", "proxy");
  testbed = await bearer("testbed-1", "testbed");
  [one, two] = await Promise.all([startPortalProcess(), startPortalProcess()]);
});
afterAll(async () => {
  for (const undo of undos) await undo();
  await Promise.all([one.kill(), two.kill()]);
  await database.stop();
});

type Event = { type: string } & Record<string, unknown>;

/** What a stream says from now on. */
function follow(portal: PortalProcess, path: string, headers: Record<string, string>): Event[] {
  const events: Event[] = [];
  const stop = followEventStream({
    url: `${portal.url}${path}`,
    headers: () => headers,
    onEvent: ({ data }) => void events.push(JSON.parse(data)),
    onState: () => {},
  });
  undos.push(stop);
  return events;
}

async function call(portal: PortalProcess, method: string, path: string, body?: object, etag?: string) {
  const headers = { ...admin, origin: testOrigin, "content-type": "application/json" };
  const condition = etag === undefined ? {} : { "if-match": `"${etag}"` };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${portal.url}${path}`, { method, headers: { ...headers, ...condition }, ...init });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

const report = (portal: PortalProcess, sequence: number, wifiBytes: number) =>
  fetch(`${portal.url}/api/nodes/telemetry`, {
    method: "POST",
    headers: { ...node, "content-type": "application/json" },
    body: JSON.stringify(telemetryBatch({ sequence, wifi: { downloadBytes: wifiBytes } })),
  });
const leads = async (portal: PortalProcess): Promise<boolean> =>
  (await (await fetch(`${portal.url}/leads`)).text()) === "true";
const until = (check: () => void | Promise<void>, timeout = 10_000) => vi.waitFor(check, { timeout, interval: 50 });

describe("two portals on one database", () => {
  it("stream what the other one publishes", async () => {
    const events = follow(two, "/api/nodes/policy", node);
    await until(() => expect(events.map(({ type }) => type)).toContain("snapshot"));
    const { items } = draftServiceClassListSchema.parse(await call(one, "GET", "/api/policy/draft/service-classes"));
    const gold = items.find(({ item }) => item.id === "gold");
    await call(
      one,
      "PUT",
      "/api/policy/draft/service-classes/gold",
      { ...gold?.item, totalRateKbps: 9000 },
      gold?.etag,
    );
    const { etag } = draftSchema.parse(await call(one, "GET", "/api/policy/draft"));
    const body = { reason: "A test", scope: { kind: "everyone" } };
    const { version } = policyVersionSchema.parse(await call(one, "POST", "/api/policy/publish", body, etag));
    await until(() => {
      const told = events.filter(({ type }) => type === "delta" || type === "snapshot");
      expect(JSON.stringify(told.at(-1))).toContain(`"version":${version}`);
    });
  });

  it("show what nodes report to the other one, without a byte told twice", async () => {
    const [atOne, atTwo] = [follow(one, "/api/live", admin), follow(two, "/api/live", admin)];
    await until(() => expect([atOne[0]?.type, atTwo[0]?.type]).toEqual(["snapshot", "snapshot"]));
    // Both have said that they are there, and are watched.
    await new Promise((done) => setTimeout(done, 2500));
    for (let sequence = 1; sequence <= 6; sequence += 1) {
      const answer = await report(sequence % 2 === 0 ? one : two, sequence, sequence * 1000);
      expect(await answer.json()).toEqual({ reportEveryMs: 200 });
    }
    for (const events of [atOne, atTwo])
      await until(() => {
        const shown = events.filter(({ type }) => type === "node").map(({ node: told }) => told as { health: string });
        expect(shown.at(-1)).toMatchObject({ id: "proxy-1", health: "up" });
      });
    const rows = await getDatabase().usageMinute.findMany({ where: { access: "wifi" } });
    expect(rows.reduce((sum, { downloadBytes }) => sum + Number(downloadBytes), 0)).toBe(6000);
  });

  it("send the testbed what is asked of the other one, and show how it goes", async () => {
    const commands = follow(two, "/api/testbed/commands", testbed);
    const shown = follow(one, "/api/live", admin);
    await until(() => expect(commands.length).toBeGreaterThan(0));
    const request = { preset: "city", sizeBytes: 1_000_000, lanes: ["lte-only"] };
    let run: { id: string } | null = null;
    await until(async () => {
      run = (await call(one, "POST", "/api/demo/runs", request)) as { id: string };
    });
    await until(() => expect(commands).toContainEqual(expect.objectContaining({ type: "run" })));
    await expect(call(two, "POST", "/api/demo/runs", request)).rejects.toThrow("DEMO_BUSY");
    expect(run).not.toBeNull();
    await until(() => expect(shown.some(({ type }) => type === "run")).toBe(true));
  });

  it("have one that leads, and another one when that dies", async () => {
    const both = await Promise.all([leads(one), leads(two)]);
    expect(both.filter(Boolean)).toHaveLength(1);
    const [leader, other] = both[0] === true ? [one, two] : [two, one];
    await leader.kill();
    await until(async () => expect(await leads(other)).toBe(true));
    expect((await report(other, 7, 7000)).status).toBe(200);
  });
});

describe("migrations", () => {
  it("of portals that start at once are applied once", async () => {
    const url = new URL(database.server.databaseUrl);
    await getDatabase().$executeRawUnsafe("CREATE DATABASE many_starts");
    url.pathname = "/many_starts";
    const applied = await Promise.all(Array.from({ length: 4 }, () => runMigrations(url.href)));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  });
});
