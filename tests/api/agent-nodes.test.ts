import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as agentPolicy } from "@/app/api/agents/policy/route";
import { POST as drain } from "@/app/api/nodes/[id]/drain/route";
import { getDatabase } from "@/lib/db/client";
import { ensureDemoSubscriber } from "@/lib/services/ensure-demo-subscriber";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, type OpenStream, openStream, signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let operator: { cookie: string };
let device: { authorization: string };
const streams: OpenStream[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
  operator = { cookie: (await signedIn("operator")).cookie };
  const { deviceId, secret } = await ensureDemoSubscriber({ classId: "gold" });
  device = { authorization: `Bearer ${deviceId}.${secret}` };
  const node = (id: string, region: string, address: string | null) =>
    getDatabase().node.create({
      data: { id, name: id, kind: "proxy", secretSha256: "", region, address, lastSeenAt: new Date() },
    });
  await node("north-1", "north", "192.0.2.1:1080");
  await node("south-1", "south", "192.0.2.2:1080");
  await node("south-2", "south", "[2001:db8::3]:1081");
  await node("untold", "south", null);
});
afterAll(async () => {
  for (const stream of streams) stream.close();
  await database.stop();
});

async function follow(query: string): Promise<OpenStream> {
  const stream = await openStream(agentPolicy, { headers: device, query });
  streams.push(stream);
  return stream;
}

const idsOf = ({ data }: OpenStream["events"][number]): string[] =>
  (data["nodes"] as { id: string }[]).map(({ id }) => id);

describe("the nodes that a device is told of", () => {
  it("are those with an address, of its region first, and at once in another order where one drains", async () => {
    const stream = await follow("nodes=1&region=south");
    const first = await stream.next(({ type }) => type === "nodes");
    expect(idsOf(first).slice(0, 2).sort()).toEqual(["south-1", "south-2"]);
    expect(idsOf(first).slice(2)).toEqual(["north-1"]);
    expect(first.data["nodes"]).toContainEqual(
      expect.objectContaining({ id: "south-2", address: "2001:db8::3", port: 1081, isDraining: false }),
    );
    const body = { reason: "Because of a test" };
    expect((await callRoute(drain, { params: { id: "south-1" }, body, headers: operator })).status).toBe(200);
    const next = await stream.next((event) => event.type === "nodes" && idsOf(event).at(-1) === "south-1");
    expect(idsOf(next)).toEqual(["south-2", "north-1", "south-1"]);
  });

  it("are told to those that ask only: an older agent takes no event that it does not know", async () => {
    const stream = await follow("");
    await stream.next(({ type }) => type === "snapshot");
    await new Promise((done) => setTimeout(done, 300));
    expect(stream.events.map(({ type }) => type)).not.toContain("nodes");
  });
});
