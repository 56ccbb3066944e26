import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { DemoOrder, LaneReport } from "@/lib/contracts/demo";
import { demoDeviceListSchema, type ListedDemoDevice } from "@/lib/contracts/demo-devices";
import { type DemoRun, demoRunSchema } from "@/lib/contracts/live";
import { demoObjectSha256 } from "@/lib/shared/demo-object";
import { requireAbility } from "../factories/ability";
import { startPortalAtProvider } from "../factories/portal-at-provider";
import { type StartedAgent, startAgentProcess, untilTrue } from "../factories/started-agent";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";

/** An agent as shipped, on the UE's own interfaces, as the UE of demo runs. */
let demo: StartedDemo;
let staff: SignedInStaff;
let agent: StartedAgent;
let folder: string;
let deviceId: string;

const sizeBytes = 20_000_000;
const all: DemoOrder["lanes"] = ["lte-only", "wifi-only", "lte-wifi"];

const orderFor = (lanes: DemoOrder["lanes"], bytes = sizeBytes): DemoOrder => ({
  preset: "city",
  device: deviceId,
  sizeBytes: bytes,
  lanes,
});

async function devices(): Promise<ListedDemoDevice[]> {
  return demoDeviceListSchema.parse(await staff.call("GET", "/api/demo/devices")).items;
}

const read = async (id: string): Promise<DemoRun> =>
  demoRunSchema.parse(await staff.call("GET", `/api/demo/runs/${id}`));

/** Start a run whose first lane is under way when this returns. */
async function begin(order: DemoOrder): Promise<string> {
  const { id } = demoRunSchema.parse(await staff.call("POST", "/api/demo/runs", order));
  const isMoving = async (): Promise<boolean> => ((await read(id)).lanes[0]?.deliveredBytes ?? 0) > 0;
  await untilTrue("the first lane moves", isMoving, 15_000);
  return id;
}

beforeAll(async () => {
  if (process.getuid?.() !== 0) return;
  demo = await startDemo();
  staff = await SignedInStaff.byLink(demo);
  // The testbed's own run makes the object at the content provider, which then is this agent's source.
  await staff.runDemo({ preset: "city", sizeBytes: 200_000_000, lanes: ["wifi-only"] });
  const credential = await demo.enrolDevice();
  deviceId = credential.deviceId;
  folder = await mkdtemp(join(tmpdir(), "demo-device-"));
  const source = `http://${demo.contentAddress}/object-200000000.bin`;
  const own = ["--wifi", "wifi0", "--lte", "lte0", "--port", "1085", "--page-port", "1086"];
  agent = await startAgentProcess(demo, folder, [...own, "--allow-demo-runs", "--demo-source", source], credential);
  await untilTrue("the device is there", async () => (await devices()).length === 1, 10_000);
});

afterAll(async () => {
  await agent?.stop();
  await demo?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

beforeEach((context) => requireAbility(context, "root", "namespaces", "mptcp", "nginx", "wget"));

it("runs each lane over the device's own links, and its bytes and checksums show which", async () => {
  expect((await devices())[0]).toMatchObject({
    id: deviceId,
    refusals: [],
    links: { lte: { interfaceName: "lte0" }, wifi: { interfaceName: "wifi0" } },
  });
  const run = await staff.runDemo(orderFor(all));
  const sha256 = await demoObjectSha256(sizeBytes);
  expect(run.lanes.map(({ state, error }) => ({ state, error }))).toEqual(
    all.map(() => ({ state: "finished", error: null })),
  );
  expect(run.lanes.map((lane) => lane.sha256)).toEqual(all.map(() => sha256));
  expect(run).toMatchObject({ state: "finished", testbed: null, device: { objectSha256: { [sizeBytes]: sha256 } } });
  const bytesOf = ({ samples }: LaneReport) => samples.at(-1) ?? { lteBytes: 0, wifiBytes: 0 };
  const [lte, wifi, both] = run.lanes.map(bytesOf);
  expect(lte?.wifiBytes).toBe(0);
  expect(lte?.lteBytes).toBeGreaterThan(sizeBytes);
  expect(wifi?.lteBytes).toBe(0);
  expect(wifi?.wifiBytes).toBeGreaterThan(sizeBytes);
  for (const bytes of [both?.lteBytes, both?.wifiBytes]) expect(bytes).toBeGreaterThan(sizeBytes / 10);
  expect((both?.lteBytes ?? 0) + (both?.wifiBytes ?? 0)).toBeGreaterThan(sizeBytes);
  expect(run.lanes[0]?.command).toContain("--bind-address=100.64.10.2");
  expect(run.lanes[2]?.command).toContain("http_proxy=http://127.0.0.1:1085/");
  expect(run.lanes.every(({ samples }) => samples.length >= 3)).toBe(true);
});

it("ends a lane at once when it is cancelled, and leaves no wget behind", async () => {
  const id = await begin(orderFor(["lte-only", "wifi-only"], 200_000_000));
  await staff.call("POST", `/api/demo/runs/${id}/cancel`, {});
  await untilTrue("the run is cancelled", async () => (await read(id)).state === "cancelled", 5000);
  expect((await read(id)).lanes.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  const { stdout } = await demo.runIn("ue", "pgrep", ["-f", "^wget .*object-200000000.bin"]);
  expect(stdout.trim()).toBe("");
});

it("says which lanes it cannot run while a link is down", async () => {
  await demo.runIn("ue", "ip", ["link", "set", "lte0", "down"]);
  try {
    const isRefused = async (): Promise<boolean> => (await devices())[0]?.refusals.length === 2;
    await untilTrue("lanes over LTE are refused", isRefused, 10_000);
    expect((await devices())[0]?.refusals).toEqual([
      { lane: "lte-only", reason: "no-link" },
      { lane: "lte-wifi", reason: "no-link" },
    ]);
    await expect(staff.call("POST", "/api/demo/runs", orderFor(all))).rejects.toThrow("DEMO_LANE_REFUSED");
  } finally {
    for (const line of [
      ["link", "set", "lte0", "up"],
      ["route", "replace", "default", "via", "100.64.10.1", "dev", "lte0", "table", "10"],
      ["route", "replace", "default", "via", "100.64.10.1", "dev", "lte0", "metric", "200"],
    ])
      await demo.runIn("ue", "ip", line);
  }
});

it("sends the object to its portal, where that is the source, and shows what arrived", async () => {
  const own = await mkdtemp(join(tmpdir(), "demo-upload-"));
  const portal = await startPortalAtProvider(demo, own);
  const credential = await demo.enrolDevice();
  const place = ["--portal", portal.url, "--wifi", "wifi0", "--lte", "lte0", "--port", "1087", "--page-port", "1088"];
  const sender = await startAgentProcess(demo, own, [...place, "--allow-demo-runs"], credential);
  try {
    const mine = async () => (await devices()).find(({ id }) => id === credential.deviceId);
    await untilTrue("the device is there", async () => (await mine()) !== undefined, 10_000);
    expect(await mine()).toMatchObject({ takesUploads: true, refusals: [] });
    const run = await staff.runDemo({ ...orderFor(all), device: credential.deviceId, direction: "upload" });
    const sha256 = await demoObjectSha256(sizeBytes);
    expect(run.lanes.map(({ state, error, ...lane }) => ({ state, error, sha256: lane.sha256 }))).toEqual(
      all.map(() => ({ state: "finished", error: null, sha256 })),
    );
    for (const { lane, command, samples } of run.lanes) {
      expect(command).toContain("--method=PUT");
      expect(samples.filter(({ deliveredBytes }) => deliveredBytes > 0 && deliveredBytes < sizeBytes)).not.toEqual([]);
      const { lteBytes = 0, wifiBytes = 0 } = samples.at(-1) ?? {};
      expect(lteBytes + wifiBytes).toBeGreaterThan(sizeBytes);
      expect([lteBytes > 0, wifiBytes > 0]).toEqual([lane !== "wifi-only", lane !== "lte-only"]);
    }
    expect((await readdir(tmpdir())).filter((name) => name.startsWith("twinpath-demo-"))).toEqual([]);
  } finally {
    await sender.stop();
    await portal.stop();
    await rm(own, { recursive: true, force: true });
  }
});

it("that is killed in the middle of a run ends it within half a minute, in words", async () => {
  const id = await begin(orderFor(["wifi-only"], 200_000_000));
  await agent.stop("SIGKILL");
  const isOver = async (): Promise<boolean> => (await read(id)).state === "failed";
  await untilTrue("the run has failed", isOver, 30_000);
  expect((await read(id)).lanes[0]?.error).toContain("The device went away");
});
