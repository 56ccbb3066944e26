import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as exportUsage } from "@/app/api/usage/export/route";
import { getDatabase } from "@/lib/db/client";
import type { NodeActor } from "@/lib/services/actor";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { rollUpUsage } from "@/lib/services/roll-up-usage";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

const dayMs = 86_400_000;
const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
const noonBefore = (days: number): Date => new Date((Math.floor(Date.now() / dayMs) - days) * dayMs + dayMs / 2);
const dayText = (days: number): string => noonBefore(days).toISOString().slice(0, 10);
let database: TestDatabase;
let operator: { cookie: string };

beforeAll(async () => {
  database = await startTestDatabase();
  operator = { cookie: (await signedIn("operator")).cookie };
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
});
afterAll(() => database.stop());

const read = (query: string, headers = operator): Promise<Response> => callRoute(exportUsage, { headers, query });

describe("the export of usage", () => {
  it("has each day, subscriber and access once, also of hours that are not rolled up, and is kept in the audit log", async () => {
    const { id } = await getDatabase().subscriber.create({
      data: { id: randomUUID(), msisdn: "821012345678", state: "active", serviceClassId: "gold" },
    });
    const report = (times: number) => {
      const { subflows, ...session } = sessionReport("a", { subscriberId: id });
      return {
        ...session,
        subflows: subflows.map((path) => ({ ...path, downloadBytes: path.downloadBytes * times })),
      };
    };
    const batches = [3, 2, 0].map((days, index) =>
      telemetryBatch({
        sequence: index + 1,
        at: days === 0 ? new Date() : noonBefore(days),
        sessions: [report(10 ** (6 * index))],
      }),
    );
    for (const batch of batches.slice(0, 1)) await recordTelemetry(node, batch);
    await rollUpUsage();
    for (const batch of batches.slice(1)) await recordTelemetry(node, batch);

    const answer = await read(`from=${dayText(3)}&to=${dayText(2)}`);
    expect(answer.headers.get("content-disposition")).toContain(`usage-${dayText(3)}-${dayText(2)}.csv`);
    expect((await answer.text()).split("\r\n")).toEqual([
      "day,msisdn,subscriber_id,access,upload_bytes,download_bytes",
      `${dayText(3)},'+821012345678,${id},lte,10,1000`,
      `${dayText(3)},'+821012345678,${id},wifi,10,2000`,
      `${dayText(2)},'+821012345678,${id},lte,0,999999000`,
      `${dayText(2)},'+821012345678,${id},wifi,0,1999998000`,
      "",
    ]);
    // A quantity is no number that a spreadsheet takes for a telephone's.
    expect(await (await read(`from=${dayText(0)}&to=${dayText(0)}`)).text()).toContain(",lte,0,999999000000000\r\n");
    expect(
      await getDatabase().auditEntry.findFirst({ where: { action: "usage.export" }, orderBy: { id: "asc" } }),
    ).toMatchObject({
      target: "usage",
      after: { from: dayText(3), to: dayText(2) },
    });
  });

  it("streams more than a page, and takes no days that are none", async () => {
    await getDatabase().$executeRaw`
      INSERT INTO usage_ledger_days SELECT 'load-' || n, '2026-01-01', 'lte', n, n FROM generate_series(1, 12345) n
      ON CONFLICT DO NOTHING`;
    const lines = (await (await read("from=2026-01-01&to=2026-01-01")).text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(12_346);
    expect(new Set(lines).size).toBe(12_346);
    expect((await read("from=2026-01-02&to=2026-01-01")).status).toBe(422);
    expect((await read("from=yesterday&to=2026-01-01")).status).toBe(422);
  });
});
