import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { POST as report } from "@/app/api/agents/demo-reports/route";
import { GET as agentPolicy } from "@/app/api/agents/policy/route";
import { GET as listDevices } from "@/app/api/demo/devices/route";
import { POST as cancel } from "@/app/api/demo/runs/[id]/cancel/route";
import { GET as getRun } from "@/app/api/demo/runs/[id]/route";
import { POST as share } from "@/app/api/demo/runs/[id]/shares/route";
import { POST as startRun } from "@/app/api/demo/runs/route";
import { POST as openShare } from "@/app/api/demo/shares/open/route";
import { PUT as sendToSource, GET as source } from "@/app/api/demo/source/[id]/route";
import { type DemoOrder, type LaneReport, type RunReport, waitingLane } from "@/lib/contracts/demo";
import { type DemoDeviceStatus, demoDeviceListSchema } from "@/lib/contracts/demo-devices";
import { newDemoShareSchema, sharedRunSchema } from "@/lib/contracts/demo-shares";
import { type DemoRun, demoRunSchema } from "@/lib/contracts/live";
import { getDatabase } from "@/lib/db/client";
import { enrolDevice } from "@/lib/services/enrol-device";
import { defaultTestbedLimits, testbedHub } from "@/lib/services/testbed-hub";
import { demoObjectChunks, demoObjectSha256 } from "@/lib/shared/demo-object";
import { sleep } from "@/lib/shared/sleep";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, type OpenStream, openStream, signedIn } from "@/tests/factories/portal-call";

const able: DemoDeviceStatus = {
  links: { lte: { interfaceName: "wwan0", address: "100.64.0.2" }, wifi: null },
  refusals: [
    { lane: "wifi-only", reason: "no-link" },
    { lane: "lte-wifi", reason: "no-link" },
  ],
  sourceUrl: "https://portal.example/api/demo/source/",
  takesUploads: false,
  proxy: "192.0.2.1:1080",
  kernel: "6.18",
  objectSha256: {},
};
const order: DemoOrder = { preset: "city", device: "ue-1", sizeBytes: 1_000_000, lanes: ["lte-only"] };
let database: TestDatabase;
let demo: { cookie: string };
const credentials = new Map<string, { authorization: string }>();
const open: OpenStream[] = [];

const as = (deviceId: string) => credentials.get(deviceId) ?? {};

beforeAll(async () => {
  database = await startTestDatabase();
  await testbedHub({ ...defaultTestbedLimits, goneMs: 2000, forgottenMs: 800 });
  demo = { cookie: (await signedIn("demo")).cookie };
  for (const [deviceId, msisdn] of [
    ["ue-1", "99999000011"],
    ["ue-2", "99999000012"],
  ] as const) {
    const { secret } = await enrolDevice({ deviceId, msisdn, serviceClassId: "gold" });
    credentials.set(deviceId, { authorization: `Bearer ${deviceId}.${secret}` });
  }
  await getDatabase().device.update({ where: { id: "ue-1" }, data: { name: "Phone of the fair" } });
});
afterAll(() => database.stop());
afterEach(() => {
  for (const stream of open.splice(0)) stream.close();
});

async function follow(deviceId = "ue-1"): Promise<OpenStream> {
  const stream = await openStream(agentPolicy, { headers: as(deviceId), query: "nodes=1&demo=1" });
  open.push(stream);
  await stream.next(({ type }) => type === "nodes");
  return stream;
}

async function tell(run: RunReport | null, deviceId = "ue-1", status = able): Promise<void> {
  const body = { at: new Date().toISOString(), status, run };
  expect((await callRoute(report, { headers: as(deviceId), body })).status).toBe(204);
}

async function start(request: DemoOrder = order): Promise<DemoRun> {
  const answer = await callRoute(startRun, { headers: demo, body: request });
  return demoRunSchema.parse(await answer.json());
}

async function refusal(request: DemoOrder): Promise<{ code: string; detail: string; status: number }> {
  return (await callRoute(startRun, { headers: demo, body: request })).json();
}

async function readRun(id: string): Promise<DemoRun> {
  return demoRunSchema.parse(await (await callRoute(getRun, { headers: demo, params: { id } })).json());
}

async function untilState(id: string, state: DemoRun["state"], deadlineMs = 5000): Promise<DemoRun> {
  for (const end = Date.now() + deadlineMs; ; await sleep(100)) {
    const run = await readRun(id);
    if (run.state === state) return run;
    if (Date.now() > end) throw new Error(`the run is ${run.state}, not ${state}`);
  }
}

const orderOf = (run: DemoRun, type: string) => (event: OpenStream["events"][number]) => {
  const command = event.data["command"] as { type: string; runId: string } | undefined;
  return event.type === "demo" && command?.type === type && command.runId === run.id;
};

function lane(change: Partial<LaneReport>): LaneReport {
  const startedAt = "2026-01-01T00:00:00.000Z";
  return { ...waitingLane("lte-only"), state: "running", command: "wget", startedAt, ...change };
}
const samples = [{ tMs: 200, lteBytes: 1100, wifiBytes: 0, deliveredBytes: 1000 }];

describe("a device that allows demo runs", () => {
  it("is listed by its name while it reports, and refused for what it cannot do before anything runs", async () => {
    expect(await refusal(order)).toMatchObject({ status: 409, code: "DEMO_NO_DEVICE" });
    await tell(null);
    const answer = await callRoute(listDevices, { headers: demo });
    const { items } = demoDeviceListSchema.parse(await answer.json());
    expect(items).toEqual([{ id: "ue-1", name: "Phone of the fair", ...able }]);
    const both: DemoOrder = { ...order, lanes: ["lte-only", "lte-wifi"] };
    expect(await refusal(both)).toMatchObject({
      status: 409,
      code: "DEMO_LANE_REFUSED",
      detail: expect.stringContaining("lte-wifi: a link that it takes is not there"),
    });
    expect(await refusal({ ...order, direction: "upload" })).toMatchObject({ code: "DEMO_DOWNLOAD_ONLY" });
    expect(await refusal({ ...order, device: "ue-2" })).toMatchObject({ code: "DEMO_NO_DEVICE" });
    expect(await getDatabase().demoRun.count()).toBe(0);
  });

  it("is told of a run on its policy stream, alone is listened to, and its report is kept and audited", async () => {
    const [stream, other] = [await follow(), await follow("ue-2")];
    await tell(null);
    await tell(null, "ue-2");
    const run = await start();
    expect(run).toMatchObject({
      state: "queued",
      testbed: null,
      device: { name: "Phone of the fair", kernel: "6.18" },
    });
    await stream.next(orderOf(run, "run"));
    await tell({ runId: run.id, state: "finished", lanes: [] }, "ue-2");
    expect((await readRun(run.id)).state).toBe("queued");

    const busy = await refusal({ ...order, device: "ue-2" });
    expect(busy.code).toBe("DEMO_BUSY");
    await tell({ runId: run.id, state: "running", lanes: [lane({ samples })] });
    const sha256 = await demoObjectSha256(1_000_000);
    const known = { ...able, objectSha256: { "1000000": sha256 } };
    const last = lane({ state: "finished", elapsedMs: 300, deliveredBytes: 1_000_000, sha256 });
    await tell({ runId: run.id, state: "finished", lanes: [last] }, "ue-1", known);
    expect(await readRun(run.id)).toMatchObject({
      state: "finished",
      device: { name: "Phone of the fair", objectSha256: { "1000000": sha256 } },
      lanes: [{ state: "finished", sha256, samples }],
    });
    expect(other.events.map(({ type }) => type)).not.toContain("demo");
    const audited = await getDatabase().auditEntry.findFirst({ where: { target: `run:${run.id}` } });
    expect(audited).toMatchObject({ action: "demo.start", after: { device: "ue-1" } });
  });

  it("gets an order that it missed with its next report, and ends it when it is cancelled", async () => {
    await tell(null);
    const run = await start();
    const stream = await follow();
    await tell(null);
    await stream.next(orderOf(run, "run"));
    await tell({ runId: run.id, state: "running", lanes: [lane({ samples })] });
    expect((await callRoute(cancel, { headers: demo, params: { id: run.id }, body: {} })).status).toBe(200);
    await stream.next(orderOf(run, "cancel"));
    await tell({ runId: run.id, state: "cancelled", lanes: [lane({ state: "cancelled" })] });
    expect((await readRun(run.id)).state).toBe("cancelled");
  });

  it("that vanishes, or forgets its run, ends it in words", async () => {
    await follow();
    await tell(null);
    const lost = await start();
    await tell({ runId: lost.id, state: "running", lanes: [lane({})] });
    const gone = await untilState(lost.id, "failed");
    expect(gone.lanes[0]?.error).toContain("The device went away");

    await tell(null);
    const forgotten = await start();
    await tell({ runId: forgotten.id, state: "running", lanes: [lane({})] });
    await tell(null);
    const ended = await untilState(forgotten.id, "failed");
    expect(ended.lanes[0]?.error).toContain("The device restarted and lost this run");
  });

  it("is shown without its name behind a link", async () => {
    const { id } = await getDatabase().demoRun.findFirstOrThrow({ where: { state: "finished" } });
    const made = newDemoShareSchema.parse(
      await (await callRoute(share, { headers: demo, params: { id }, body: {} })).json(),
    );
    const body = { token: new URL(made.url).hash.slice(1) };
    const shared = sharedRunSchema.parse(await (await callRoute(openShare, { body })).json());
    expect(shared.run.device).toMatchObject({ name: "", kernel: "6.18" });
    expect(JSON.stringify(shared)).not.toMatch(/Phone of the fair|ue-1/);
  });
});

describe("the object of a device's run", () => {
  const fetchSource = (id: string): Promise<Response> => callRoute(source, { params: { id } });

  it("is given while that run goes on, whole, and twice at the same time at the most", async () => {
    await follow();
    await tell(null);
    const run = await start({ ...order, sizeBytes: 5_000_000 });
    const [one, two, three] = [await fetchSource(run.id), await fetchSource(run.id), await fetchSource(run.id)];
    expect([one.status, two.status, three.status]).toEqual([200, 200, 429]);
    await two.body?.cancel();
    const bytes = Buffer.from(await one.arrayBuffer());
    expect(one.headers.get("content-length")).toBe("5000000");
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(await demoObjectSha256(5_000_000));
    expect((await fetchSource(run.id)).status).toBe(200);
    await tell({ runId: run.id, state: "finished", lanes: [] });
    expect((await fetchSource(run.id)).status).toBe(409);
  });

  it("is taken from a lane while that run goes on, counted, and the device hears how much has arrived", async () => {
    const uploading = { ...able, takesUploads: true };
    const stream = await follow();
    await tell(null, "ue-1", uploading);
    const run = await start({ ...order, direction: "upload", sizeBytes: 2_000_000 });
    const object = Buffer.concat([...demoObjectChunks(2_000_000, 500_000)]);
    const send = (body: Buffer, contentType = "application/octet-stream") =>
      callRoute(sendToSource, {
        params: { id: run.id },
        query: "lane=lte-only",
        headers: { "content-type": contentType },
        method: "PUT",
        body,
      });
    const taken = await send(object);
    expect(await taken.json()).toEqual({ bytes: 2_000_000, sha256: await demoObjectSha256(2_000_000) });
    const told = await stream.next(orderOf(run, "arrived"));
    expect(told.data["command"]).toMatchObject({ lane: "lte-only", bytes: expect.any(Number) });
    expect((await send(Buffer.concat([object, object]))).status).toBe(413);
    expect((await send(object, "application/x-www-form-urlencoded")).status).toBe(415);
    expect((await fetchSource(run.id)).status, "it fetches nothing").toBe(409);
    await tell({ runId: run.id, state: "finished", lanes: [] }, "ue-1", uploading);
    expect((await send(object)).status).toBe(409);
  });
});
