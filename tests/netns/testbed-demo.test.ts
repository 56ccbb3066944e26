import { execFileSync } from "node:child_process";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type RunReport, type TestbedCommand, type TestbedReport, testbedReportSchema } from "@/lib/contracts/demo";
import { runDemo } from "@/lib/demo";
import { connectTestbedToPortal, type Testbed, testbedPlace } from "@/lib/testbed";
import { requireAbility } from "../factories/ability";
import { makeDataDir, makeTestbed, testLog, waitUntil } from "../factories/testbed";

const mayRun = process.getuid?.() === 0;
const sizeBytes = 5_000_000;
const sha256 = "91bda4a319a1e0b3b20b58881f8a02f16fc954a66830e78776e492f03f4776f9";
const agentProxy = { host: "127.0.0.1", port: 1080 };

let testbed: Testbed;
let dataDir: Awaited<ReturnType<typeof makeDataDir>>;

beforeAll(async () => {
  if (!mayRun) return;
  dataDir = await makeDataDir();
  testbed = await makeTestbed(dataDir.path);
});

afterAll(async () => {
  await testbed?.stop();
  await dataDir?.remove();
});

beforeEach((context) => requireAbility(context, "namespaces", "nginx", "wget"));

it("runs the direct lanes one after the other and proves what they fetched", async () => {
  const reports: RunReport[] = [];
  await runDemo(testbedPlace(testbed, agentProxy), {
    runId: "direct",
    request: { preset: "city", device: null, direction: "download", sizeBytes, lanes: ["lte-only", "wifi-only"] },
    signal: new AbortController().signal,
    onReport: (run) => reports.push(run),
  });
  const last = reports.at(-1);
  expect(last?.state).toBe("finished");
  expect(
    last?.lanes.map(({ lane, state, sha256, deliveredBytes }) => ({ lane, state, sha256, deliveredBytes })),
  ).toEqual([
    { lane: "lte-only", state: "finished", sha256, deliveredBytes: sizeBytes },
    { lane: "wifi-only", state: "finished", sha256, deliveredBytes: sizeBytes },
  ]);
  const samples = (lane: string) =>
    reports.flatMap((run) => run.lanes.filter((one) => one.lane === lane).flatMap((one) => one.samples));
  expect(samples("lte-only").at(-1)?.lteBytes).toBeGreaterThan(sizeBytes);
  expect(samples("lte-only").at(-1)?.wifiBytes).toBe(0);
  expect(samples("wifi-only").at(-1)?.wifiBytes).toBeGreaterThan(sizeBytes);
  expect(samples("wifi-only").at(-1)?.lteBytes).toBeLessThan(1000);
  const delivered = samples("lte-only").map((sample) => sample.deliveredBytes);
  expect(delivered).toEqual([...delivered].sort((left, right) => left - right));
  expect(delivered.length).toBeGreaterThanOrEqual(3);
  const [lte, wifi] = last?.lanes ?? [];
  expect(Date.parse(wifi?.startedAt ?? "")).toBeGreaterThan(Date.parse(lte?.startedAt ?? "") + (lte?.elapsedMs ?? 0));
  expect(lte?.command).toContain(`${testbed.namespaces.generalUe} wget`);
  expect(testbed.status()).toMatchObject({ state: "ready", objectSha256: { [sizeBytes]: sha256 } });
});

it("sends the object over the direct lanes and proves what arrived", async () => {
  const reports: RunReport[] = [];
  await runDemo(testbedPlace(testbed, agentProxy), {
    runId: "upload",
    request: { preset: "city", device: null, direction: "upload", sizeBytes, lanes: ["lte-only", "wifi-only"] },
    signal: new AbortController().signal,
    onReport: (run) => reports.push(run),
  });
  const lanes = reports.at(-1)?.lanes.map(({ lane, state, sha256, deliveredBytes, error }) => ({
    lane,
    state,
    sha256,
    deliveredBytes,
    error,
  }));
  expect(lanes).toEqual([
    { lane: "lte-only", state: "finished", sha256, deliveredBytes: sizeBytes, error: null },
    { lane: "wifi-only", state: "finished", sha256, deliveredBytes: sizeBytes, error: null },
  ]);
  const samples = reports.flatMap((run) => run.lanes.filter(({ lane }) => lane === "lte-only"));
  expect(samples.flatMap((lane) => lane.samples).at(-1)?.lteBytes).toBeGreaterThan(sizeBytes);
  const url = `http://${testbed.addresses.content}/uploads/nobody-expects-this`;
  const refused = testbed.run("generalUe", "wget", ["--no-config", "-O-", "--post-data=x", url]);
  await expect(refused).rejects.toThrow(/404/);
});

it("says what to look at when a lane fails, and goes on with the next", async () => {
  let last: RunReport | null = null;
  await runDemo(testbedPlace(testbed, agentProxy), {
    runId: "no-agent",
    request: {
      preset: "city",
      device: null,
      direction: "download",
      sizeBytes: 1_000_000,
      lanes: ["lte-wifi", "wifi-only"],
    },
    signal: new AbortController().signal,
    onReport: (run) => {
      last = run;
    },
  });
  expect(last).toMatchObject({
    state: "failed",
    lanes: [
      {
        lane: "lte-wifi",
        state: "failed",
        error: expect.stringContaining("the agent listens at http://127.0.0.1:1080/"),
      },
      { lane: "wifi-only", state: "finished", error: null },
    ],
  });
});

it("measures how long a fault keeps the payload away", async () => {
  const reports: RunReport[] = [];
  const newest = () => reports.at(-1)?.lanes[0];
  const run = runDemo(testbedPlace(testbed, agentProxy), {
    runId: "fault",
    request: { preset: "city", device: null, direction: "download", sizeBytes: 30_000_000, lanes: ["lte-only"] },
    signal: new AbortController().signal,
    onReport: (report) => reports.push(report),
  });
  try {
    await waitUntil("payload comes", () => (newest()?.deliveredBytes ?? 0) > 1_000_000, 20_000);
    await testbed.setFault("lte", "blackhole");
    await sleep(700);
  } finally {
    await testbed.setFault("lte", "none");
    await run;
  }
  expect(newest()).toMatchObject({
    state: "finished",
    faults: [
      { access: "lte", fault: "blackhole" },
      { access: "lte", fault: "none" },
    ],
  });
  const [blackhole] = newest()?.faults ?? [];
  expect(blackhole?.tMs).toBeGreaterThan(0);
  expect(blackhole?.stallMs).toBeGreaterThan(500);
  expect(blackhole?.stallMs).toBeLessThan(newest()?.elapsedMs ?? 0);
});

/** The portal's two calls as the contracts state them. Refuses reports while `isAway`. */
async function startPortal() {
  const streams: ServerResponse[] = [];
  const state = { isAway: false, reports: [] as TestbedReport[], authorizations: new Set<string | undefined>() };
  const server: Server = createServer(async (request, response) => {
    state.authorizations.add(request.headers.authorization);
    if (request.url === "/api/testbed/commands") {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      streams.push(response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (state.isAway) return response.writeHead(503).end();
    state.reports.push(testbedReportSchema.parse(JSON.parse(Buffer.concat(chunks).toString())));
    return response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const send = (command: TestbedCommand) =>
    streams.at(-1)?.write(`event: ${command.type}\ndata: ${JSON.stringify(command)}\n\n`);
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { state, streams, send, stop, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it("takes runs from the portal and tells it every sample once, over a time without it", async () => {
  const portal = await startPortal();
  const link = connectTestbedToPortal({
    portalUrl: portal.url,
    credential: "id.secret",
    testbed,
    agentProxy,
    log: testLog,
  });
  try {
    const { state } = portal;
    await waitUntil("testbed is connected", () => portal.streams.length === 1 && state.reports.length > 0);
    const request = {
      preset: "city" as const,
      device: null,
      direction: "download" as const,
      sizeBytes: 10_000_000,
      lanes: ["lte-only" as const],
    };
    portal.send({ type: "run", runId: "one", request });
    const ofRun = (runId: string) => state.reports.flatMap(({ run }) => (run?.runId === runId ? [run] : []));
    await waitUntil("samples arrive", () => ofRun("one").some((run) => run.lanes[0]?.samples.length));
    // Lost stream and refused reports in the middle of the run; then the same command again.
    state.isAway = true;
    portal.streams.at(-1)?.destroy();
    await sleep(500);
    state.isAway = false;
    await waitUntil("stream is followed again", () => portal.streams.length === 2);
    portal.send({ type: "run", runId: "one", request });
    await waitUntil("run ends", () => ofRun("one").some((run) => run.state === "finished"), 10_000);
    const times = ofRun("one").flatMap((run) => run.lanes[0]?.samples.map((sample) => sample.tMs) ?? []);
    expect(times).toEqual([...new Set(times)].sort((left, right) => left - right));
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(400);
    expect(state.reports.some(({ status }) => status.state === "running")).toBe(true);
    expect([...state.authorizations]).toEqual(["Bearer id.secret"]);

    portal.send({ type: "run", runId: "two", request: { ...request, sizeBytes: 200_000_000 } });
    await waitUntil("second run moves", () => ofRun("two").some((run) => (run.lanes[0]?.deliveredBytes ?? 0) > 0));
    portal.send({ type: "cancel", runId: "two" });
    await waitUntil("second run is cancelled", () => ofRun("two").some((run) => run.state === "cancelled"));
    expect(ofRun("two").at(-1)?.lanes[0]).toMatchObject({ state: "cancelled", error: null });
    expect(execFileSync("ip", ["netns", "pids", testbed.namespaces.generalUe]).toString()).toBe("");
  } finally {
    await link.stop();
    portal.stop();
  }
});
