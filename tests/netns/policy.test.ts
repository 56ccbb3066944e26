import { type ChildProcess, spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SessionRow, sessionListSchema } from "@/lib/contracts/portal";
import { sleep } from "@/lib/shared/sleep";
import { requireAbility } from "../factories/ability";
import { LiveRates } from "../factories/live-rates";
import { PortalDesk } from "../factories/portal-desk";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";

/** The product as shipped, with its testbed; one start for all tests of this file. */
let demo: StartedDemo;
let staff: SignedInStaff;
let desk: PortalDesk;
let rates: LiveRates;

const agent = "http://127.0.0.1:1080";
const nodeId = "testbed-proxy";
const deviceId = "demo-ue";
const listId = "testbed-content";
const downloads: ChildProcess[] = [];

/** Longer than any test takes at the rates of the preset. */
const largeObjectBytes = 8_000_000_000;
const large = (): string => `http://${demo.contentAddress}/large.bin`;

/** Downloads of the device that go on until they are killed, or cut off. */
function download(count: number): void {
  const args = ["netns", "exec", demo.namespace("ue"), "curl", "-s", "-o", "/dev/null", "-x", agent, large()];
  for (let index = 0; index < count; index += 1) downloads.push(spawn("ip", args, { stdio: "ignore" }));
}

async function sessions(state: "running" | "ended"): Promise<SessionRow[]> {
  return sessionListSchema.parse(await staff.call("GET", `/api/sessions?state=${state}&limit=100`)).items;
}

async function running(count: number): Promise<SessionRow[]> {
  for (let attempt = 0; attempt < 100; attempt += 1, await sleep(50)) {
    const rows = await sessions("running");
    if (rows.length === count && rows.every((row) => row.downloadBytes > 100_000)) return rows;
  }
  throw new Error(`there were not ${count} running sessions within 5 s`);
}

async function untilQuiet(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1, await sleep(50))
    if ((await sessions("running")).length === 0) return;
  throw new Error("sessions went on for 5 s after their programs had ended");
}

/** The end of the session with this id and start, once the portal knows it. */
async function endOf({ id, startedAt }: SessionRow): Promise<string | undefined> {
  for (let attempt = 0; attempt < 100; attempt += 1, await sleep(50)) {
    const row = (await sessions("ended")).find((entry) => entry.id === id && entry.startedAt === startedAt);
    if (row !== undefined) return row.end?.reason;
  }
  throw new Error("the session did not end within 5 s");
}

async function meanMbps(parts: readonly ("lte" | "wifi")[], ms: number): Promise<number> {
  const from = Date.now();
  await sleep(ms);
  return rates.meanMbps("download", parts, from, Date.now());
}

beforeAll(async () => {
  if (process.getuid?.() !== 0) return;
  demo = await startDemo();
  staff = await SignedInStaff.byLink(demo);
  desk = new PortalDesk(staff);
  rates = new LiveRates(staff);
  const object = await open(join(demo.dataDir, "testbed/objects/large.bin"), "w");
  await object.truncate(largeObjectBytes);
  await object.close();
});

afterAll(async () => {
  await rates?.stop();
  await demo?.stop();
});

beforeEach((context) => requireAbility(context, "root", "namespaces", "mptcp", "nginx", "curl"));

afterEach(async () => {
  for (const child of downloads.splice(0)) child.kill("SIGKILL");
  if (staff !== undefined) await untilQuiet();
});

describe("a change of the policy", () => {
  it("governs a running session within a second, and shows it", async () => {
    download(1);
    const [before] = await running(1);
    const { version } = await desk.publishClass("gold", { totalRateKbps: 20_000 });
    const published = Date.now();
    let row: SessionRow | undefined;
    for (; Date.now() - published < 5000 && row?.policyVersion !== version; await sleep(20))
      [row] = await sessions("running");
    expect(row).toMatchObject({ id: before?.id, policyVersion: version, serviceClassId: "gold", end: null });
    expect(Date.now() - published).toBeLessThan(1000);
    await desk.untilApplied(version, nodeId);
    await sleep(1000);
    const capped = await meanMbps(["lte", "wifi"], 4000);
    expect(capped).toBeGreaterThan(19);
    expect(capped).toBeLessThan(21);

    await desk.publishClass("gold", { totalRateKbps: null });
    await sleep(1500);
    expect(await meanMbps(["lte", "wifi"], 3000)).toBeGreaterThan(100);
  });

  it("ends a running session whose destination it lists no more, and refuses the next one with the reason", async () => {
    download(1);
    const [row] = await running(1);
    const remove = await desk.rulesOf(row?.policyVersion ?? 0, listId);
    const { version } = await desk.publishRules(listId, { remove });
    try {
      expect(row === undefined ? null : await endOf(row)).toBe("no-longer-allowed");
      const { deviceId: user, secret } = await demo.enrolDevice();
      const proxy = ["--proxy", `http://${user}:${secret}@${demo.proxyAddress}:1080`];
      const { stdout } = await demo.runIn("ue", "curl", ["-sS", "-w", "%{http_code}", ...proxy, large()]);
      expect(stdout).toMatch(/does not allow this: [0-9.]+ is on no white-list[\s\S]*403$/);
    } finally {
      await desk.untilApplied(version, nodeId);
      await desk.untilApplied((await desk.publishRules(listId, { add: remove })).version, nodeId);
    }
  });
});

describe("a subscriber", () => {
  it("that is suspended loses its session and gets no other, until it is active again", async () => {
    const device = await demo.enrolDevice();
    const who = `${device.deviceId}:${device.secret}`;
    const through = ["-s", "-o", "/dev/null", "--socks5-hostname", `${who}@${demo.proxyAddress}:1080`];
    const small = [...through, "--max-time", "5", `http://${demo.contentAddress}/`];
    downloads.push(spawn("ip", ["netns", "exec", demo.namespace("ue"), "curl", ...through, large()]));
    const [row] = await running(1);
    await desk.changeSubscriber(device.deviceId, { state: "suspended" });
    expect(row === undefined ? null : await endOf(row)).toBe("suspended");
    expect((await demo.runIn("ue", "curl", small)).exitCode).toBe(97);
    await desk.changeSubscriber(device.deviceId, { state: "active" });
    await sleep(500);
    expect((await demo.runIn("ue", "curl", small)).exitCode).toBe(0);
  });

  it("gets another class while its session runs", async () => {
    download(1);
    await running(1);
    await desk.changeSubscriber(deviceId, { serviceClassId: "silver" });
    let row: SessionRow | undefined;
    for (let attempt = 0; attempt < 60 && row?.serviceClassId !== "silver"; attempt += 1, await sleep(50))
      [row] = await sessions("running");
    expect(row).toMatchObject({ serviceClassId: "silver", end: null });
    await desk.changeSubscriber(deviceId, { serviceClassId: "gold" });
  });
});

describe("rate caps", () => {
  it("hold over all LTE paths of a subscriber's downloads, and leave WiFi alone", async (context) => {
    await requireAbility(context, "pacing");
    download(4);
    await running(4);
    await desk.publishClass("gold", { lteRateKbps: 8000 });
    const capped = await (async () => {
      await sleep(2000);
      return { lte: await meanMbps(["lte"], 5000), wifi: await meanMbps(["wifi"], 1000) };
    })().finally(() => desk.publishClass("gold", { lteRateKbps: null }));
    expect(capped.lte).toBeGreaterThan(7.6);
    expect(capped.lte).toBeLessThan(8.4);
    expect(capped.wifi).toBeGreaterThan(80);

    await sleep(3000);
    expect(await meanMbps(["lte"], 3000)).toBeGreaterThan(30);
  });
});
