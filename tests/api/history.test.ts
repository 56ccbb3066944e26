import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as exportFile } from "@/app/api/history/export/route";
import { GET as history } from "@/app/api/history/route";
import { type History, historySchema } from "@/lib/contracts/history";
import { getDatabase } from "@/lib/db/client";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const weekMs = 7 * 24 * hourMs;
/** Two hours ago, at a full hour: buckets of any width begin here. */
const startMs = Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs;
/** Bytes of a minute at one Mbit/s. */
const mbit = 7_500_000;
let database: TestDatabase;
let headers: { cookie: string };

type Use = { node: string; access: "lte" | "wifi"; minute: number; rate: number; before?: boolean };

function minute({ minute: at, before = false }: Pick<Use, "minute" | "before">): Date {
  return new Date(startMs + at * minuteMs - (before ? weekMs : 0));
}

async function used(...uses: Use[]): Promise<void> {
  const data = uses.map(({ node, access, rate, ...when }) => ({
    minute: minute(when),
    nodeId: node,
    access,
    uploadBytes: 0n,
    downloadBytes: BigInt(rate * mbit),
  }));
  await getDatabase().usageMinute.createMany({ data });
}

beforeAll(async () => {
  database = await startTestDatabase();
  headers = { cookie: (await signedIn("viewer")).cookie };
  await ensureTestbedPolicy({ contentCidr: "198.18.80.0/24", lteCidr: "100.64.0.0/10", wifiCidr: "192.168.0.0/16" });
  await ensureLocalNode({ id: "proxy-1", name: "Proxy one", kind: "proxy" });
  await ensureLocalNode({ id: "proxy-2", name: "=HYPERLINK()", kind: "proxy" });
  for (const at of [0, 1, 2])
    await used(
      { node: "proxy-1", access: "lte", minute: at, rate: at },
      { node: "proxy-1", access: "wifi", minute: at, rate: 4 },
    );
  await used({ node: "proxy-2", access: "wifi", minute: 1, rate: 10 });
  await used({ node: "proxy-1", access: "wifi", minute: 20, rate: 6 });
  await used({ node: "proxy-1", access: "wifi", minute: 0, rate: 2, before: true });
  await getDatabase().classMinute.createMany({
    data: [
      { minute: minute({ minute: 0 }), serviceClassId: "silver", lteBytes: BigInt(mbit), totalBytes: BigInt(4 * mbit) },
      { minute: minute({ minute: 1 }), serviceClassId: "gold", lteBytes: 0n, totalBytes: BigInt(2 * mbit) },
    ],
  });
});
afterAll(() => database.stop());

function queryOf(changes: Record<string, string> = {}, hours = 1): string {
  const from = new Date(startMs).toISOString();
  const to = new Date(startMs + hours * hourMs).toISOString();
  return new URLSearchParams({ from, to, ...changes }).toString();
}

async function read(changes: Record<string, string> = {}, hours = 1): Promise<History> {
  const answer = await callRoute(history, { headers, query: queryOf(changes, hours) });
  expect(answer.status).toBe(200);
  return historySchema.parse(await answer.json());
}

const pointsOf = ({ series }: History, id: string) => series.find((one) => one.id === id)?.points ?? [];
const rate = (mbits: number | undefined): number => (mbits ?? Number.NaN) / 1e6;

describe("the history", () => {
  it("is a point a minute for an hour, with gaps where nobody reported", async () => {
    const found = await read();
    expect(found).toMatchObject({ bucketMinutes: 1, weekBefore: null });
    expect(found.buckets).toHaveLength(60);
    expect(found.buckets[0]).toBe(new Date(startMs).toISOString());
    const lte = pointsOf(found, "lte");
    expect(lte.slice(0, 4).map((point) => (point === null ? null : rate(point.avg)))).toEqual([0, 1, 2, null]);
    expect(found.total.points.slice(0, 4).map((point) => (point === null ? null : rate(point.avg)))).toEqual([
      4,
      15,
      6,
      null,
    ]);
    // One access was reported, so the other is known to have had nothing.
    expect(lte[20]).toEqual({ min: 0, avg: 0, max: 0 });
  });

  it("keeps the lowest and highest minute of a wider bucket, and its mean over reported minutes", async () => {
    const found = await read({
      to: new Date(startMs + 24 * hourMs).toISOString(),
      from: new Date(startMs - 22 * hourMs).toISOString(),
    });
    expect(found.bucketMinutes).toBe(5);
    expect(found.buckets.length).toBeLessThanOrEqual(300);
    const at = found.buckets.indexOf(new Date(startMs).toISOString());
    const total = found.total.points[at];
    expect([rate(total?.min), rate(total?.max)]).toEqual([4, 15]);
    expect(rate(total?.avg)).toBeCloseTo(25 / 3);
    expect(found.total.points[at + 1]).toBeNull();
  });

  it("by node has a gap where that node was silent, and the busiest first", async () => {
    const found = await read({ by: "node" });
    expect(found.series.map(({ id, name }) => [id, name])).toEqual([
      ["proxy-1", "Proxy one"],
      ["proxy-2", "=HYPERLINK()"],
    ]);
    expect(pointsOf(found, "proxy-2").slice(0, 3)).toEqual([null, { min: 1e7, avg: 1e7, max: 1e7 }, null]);
  });

  it("by white-list has what each let pass, by its name", async () => {
    await getDatabase().whiteListMinute.createMany({
      data: [
        { minute: minute({ minute: 0 }), whiteListId: "testbed-content", totalBytes: BigInt(3 * mbit) },
        { minute: minute({ minute: 1 }), whiteListId: "gone", totalBytes: BigInt(5 * mbit) },
      ],
    });
    const found = await read({ by: "white-list" });
    const names = new Map(found.series.map(({ id, name }) => [id, name]));
    expect([names.get("gone"), names.get("testbed-content")]).toEqual(["gone", "Testbed content"]);
    expect(
      pointsOf(found, "testbed-content")
        .slice(0, 3)
        .map((point) => rate(point?.avg)),
    ).toEqual([3, 0, 0]);
    expect(rate(pointsOf(found, "gone")[1]?.avg)).toBe(5);
  });

  it("by class has nothing where others were busy, and the share of LTE beside its target", async () => {
    const found = await read({ by: "class" });
    expect(rate(pointsOf(found, "silver")[0]?.avg)).toBe(4);
    expect(rate(pointsOf(found, "silver")[1]?.avg)).toBe(0);
    expect(pointsOf(found, "silver")[5]).toBeNull();
    const share = (id: string) => found.shares.find((one) => one.id === id);
    expect(share("silver")).toMatchObject({ achievedPercent: 25 });
    expect(share("silver")?.targetPercent).not.toBeNull();
    expect(share("gold")).toMatchObject({ targetPercent: null, achievedPercent: 0 });
    expect(share("bronze")).toMatchObject({ achievedPercent: null });
  });

  it("is laid beside the week before, bucket by bucket", async () => {
    const { weekBefore } = await read({ compare: "week" });
    expect(weekBefore?.slice(0, 2)).toEqual([{ min: 2e6, avg: 2e6, max: 2e6 }, null]);
  });

  it("has no point for the minute that runs or the future", async () => {
    const nowMs = Date.now();
    const found = await read({ to: new Date(nowMs + hourMs).toISOString() });
    expect(Date.parse(found.buckets.at(-1) ?? "")).toBeLessThan(nowMs);
  });

  it("refuses spans that no chart holds", async () => {
    for (const changes of [
      { to: new Date(startMs).toISOString() },
      { from: new Date(startMs - 32 * 24 * hourMs).toISOString() },
    ]) {
      const answer = await callRoute(history, { headers, query: queryOf(changes) });
      expect(answer.status).toBe(422);
    }
  });

  it("is a file whose cells no spreadsheet computes", async () => {
    const answer = await callRoute(exportFile, { headers, query: queryOf({ by: "node", compare: "week" }) });
    expect(answer.headers.get("content-disposition")).toContain("history-by-node.csv");
    const lines = (await answer.text()).split("\r\n");
    expect(lines[0]).toBe("at,series,name,min_bit_per_s,avg_bit_per_s,max_bit_per_s");
    expect(lines).toHaveLength(1 + 4 * 60 + 1);
    const at = new Date(startMs + minuteMs).toISOString();
    expect(lines).toContain(`${at},proxy-2,'=HYPERLINK(),10000000,10000000,10000000`);
    expect(lines).toContain(`${new Date(startMs).toISOString()},proxy-2,'=HYPERLINK(),,,`);
  });
});
