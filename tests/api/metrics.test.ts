import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as readMetrics } from "@/app/api/metrics/route";
import type { NodeActor } from "@/lib/services/actor";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { metrics } from "@/lib/services/metrics";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { setEnv } from "@/lib/shared/env";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute } from "@/tests/factories/portal-call";
import { telemetryBatch } from "@/tests/factories/telemetry";

const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
});
afterAll(() => database.stop());

describe("the metrics", () => {
  it("are nobody's without a token, and only for who has it", async () => {
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect((await callRoute(readMetrics, bearer(""))).status).toBe(401);
    setEnv("TWINPATH_METRICS_TOKEN", "a token of the tests");
    expect((await callRoute(readMetrics, {})).status).toBe(401);
    expect((await callRoute(readMetrics, bearer("another"))).status).toBe(401);
    expect((await callRoute(readMetrics, bearer("a token of the tests"))).status).toBe(200);
  });

  it("tell what nodes told, over all their processes", async () => {
    const lte = { downloadBytes: 100, uploadBytes: 5 };
    await recordTelemetry(node, telemetryBatch({ sequence: 1, lte }));
    await recordTelemetry(node, telemetryBatch({ epoch: "epoch-two", sequence: 1, lte }));
    const headers = { authorization: "Bearer a token of the tests" };
    const answer = await callRoute(readMetrics, { headers });
    expect(answer.headers.get("content-type")).toContain("version=0.0.4");
    const text = await answer.text();
    const labels = 'node="proxy-1",name="Proxy"';
    expect(text).toContain(`twinpath_node_bytes_total{${labels},access="lte",direction="download"} 200\n`);
    expect(text).toContain(`twinpath_node_up{${labels}} 1\n`);
    expect(Object.keys(metrics).filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
  });
});
