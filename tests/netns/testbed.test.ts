import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AccessLinkId } from "@/lib/contracts/demo";
import { createTestbed, type Place, type Testbed } from "@/lib/testbed";
import { requireAbility } from "../factories/ability";
import { makeDataDir, makeTestbed, quickestHandshakeMs, testLog, waitUntil } from "../factories/testbed";

const mayRun = process.getuid?.() === 0;
const objectBytes = 100_000_000;

let testbed: Testbed;
let dataDir: Awaited<ReturnType<typeof makeDataDir>>;
let portal: Server;

beforeAll(async () => {
  if (!mayRun) return;
  dataDir = await makeDataDir();
  portal = createServer((request, response) => response.end(`portal answers ${request.url}`));
  await new Promise<void>((resolve) => portal.listen(0, "127.0.0.1", resolve));
  testbed = await makeTestbed(dataDir.path, { portalPort: (portal.address() as AddressInfo).port });
  await testbed.object(objectBytes);
});

afterAll(async () => {
  await testbed?.stop();
  portal?.close();
  await dataDir?.remove();
});

beforeEach((context) => requireAbility(context, "namespaces", "nginx", "wget"));

/** Fetch the object to nowhere from `from`; the returned function ends it. */
async function startFetch(place: "ue" | "generalUe", from: string): Promise<() => Promise<void>> {
  const { url } = await testbed.object(objectBytes);
  const args = ["-q", "--no-proxy", "-O", "/dev/null", `--bind-address=${from}`, url];
  const child = testbed.spawn(place, "wget", args, { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return () => {
    child.kill();
    return ended;
  };
}

/** Mbit/s into an interface over `spanMs`. Headers of a packet that was cut late count once: up to 8 % below the rate. */
async function measureMbps(
  place: Place,
  interfaceName: string,
  spanMs: number,
  way: "rxBytes" | "txBytes" = "rxBytes",
) {
  const start = performance.now();
  const before = await testbed.counters(place, interfaceName);
  await sleep(spanMs);
  const after = await testbed.counters(place, interfaceName);
  return ((after[way] - before[way]) * 8) / (performance.now() - start) / 1000;
}

const links: { access: AccessLinkId; place: "ue" | "generalUe"; address: () => string; interfaceName: string }[] = [
  { access: "lte", place: "ue", address: () => testbed.addresses.ueLte, interfaceName: "lte0" },
  { access: "wifi", place: "ue", address: () => testbed.addresses.ueWifi, interfaceName: "wifi0" },
  { access: "lte", place: "generalUe", address: () => testbed.addresses.generalUe, interfaceName: "lte0" },
];

describe("links of the testbed", () => {
  it.each(links)("$access of $place has its round trip and rate", async ({ access, place, address, interfaceName }) => {
    const { rttMs, rateMbps } = testbed.status()[access];
    const measuredMs = await quickestHandshakeMs(testbed, place, address());
    expect(measuredMs).toBeGreaterThanOrEqual(rttMs);
    // 2 ms: waking up two programs and the delay line, on a busy machine.
    expect(measuredMs).toBeLessThan(rttMs + 2);
    const endFetch = await startFetch(place, address());
    await sleep(700);
    const measuredMbps = await measureMbps(place, interfaceName, 1000);
    await endFetch();
    expect(measuredMbps).toBeGreaterThan(rateMbps * 0.85);
    expect(measuredMbps).toBeLessThan(rateMbps * 1.01);
  });

  it("limits uploads, for each UE of the LTE network by itself", async () => {
    const sink = "require('node:net').createServer((s) => s.resume()).listen(9000, () => console.log('up'))";
    const server = testbed.spawn("content", process.execPath, ["-e", sink], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => server.stdout?.once("data", resolve));
    const source = `
      const socket = require("node:net").connect(9000, "${testbed.addresses.content}");
      const fill = () => { while (socket.write(Buffer.alloc(65536))); };
      socket.on("connect", fill).on("drain", fill);`;
    await testbed.setFault("wifi", "down");
    const sources = (["ue", "generalUe"] as const).map((place) =>
      testbed.spawn(place, process.execPath, ["-e", source], { stdio: "ignore" }),
    );
    await sleep(1000);
    const { rateMbps } = testbed.status().lte;
    // At the core's end of the LTE network: what both UEs send, after the limit.
    const together = await measureMbps("core", "lte0", 1000);
    for (const child of [...sources, server]) child.kill("SIGKILL");
    await testbed.setFault("wifi", "none");
    expect(together).toBeGreaterThan(2 * rateMbps * 0.85);
    expect(together).toBeLessThan(2 * rateMbps * 1.01);
  });

  it("takes new settings while a transfer runs", async () => {
    const before = testbed.status().wifi;
    const endFetch = await startFetch("ue", testbed.addresses.ueWifi);
    await sleep(500);
    await testbed.setLink("wifi", { rateMbps: 20, rttMs: 30, lossPercent: 0 });
    expect(testbed.status().wifi).toEqual({ rateMbps: 20, rttMs: 30, lossPercent: 0 });
    await sleep(500);
    const slowMbps = await measureMbps("ue", "wifi0", 500);
    await endFetch();
    const measuredMs = await quickestHandshakeMs(testbed, "ue", testbed.addresses.ueWifi);
    await testbed.setLink("wifi", before);
    expect(slowMbps).toBeGreaterThan(20 * 0.8);
    expect(slowMbps).toBeLessThan(20 * 1.05);
    expect(measuredMs).toBeGreaterThanOrEqual(30);
  });

  it("loses packets one by one", async () => {
    await testbed.setLink("lte", { rateMbps: 75, rttMs: 10, lossPercent: 5 });
    const count = 10_000;
    const receive = `
      const socket = require("node:dgram").createSocket({ type: "udp4", recvBufferSize: 4 << 20 });
      let received = 0;
      socket.on("message", () => { received += 1; });
      socket.bind(9001, () => console.log("up"));
      process.stdin.on("data", () => { console.log(received); process.exit(); });`;
    const send = `
      const socket = require("node:dgram").createSocket("udp4");
      let left = ${count};
      const some = () => {
        for (let i = 0; i < 50 && left > 0; i++, left--) socket.send("x", 9001, "${testbed.addresses.content}");
        if (left > 0) setTimeout(some, 2); else setTimeout(() => process.exit(), 50);
      };
      some();`;
    const child = testbed.spawn("content", process.execPath, ["-e", receive], { stdio: ["pipe", "pipe", "inherit"] });
    const said: string[] = [];
    child.stdout?.on("data", (chunk: Buffer) => said.push(chunk.toString().trim()));
    await waitUntil("receiver is up", () => said.length === 1);
    await testbed.run("generalUe", process.execPath, ["-e", send]);
    await sleep(100);
    child.stdin?.write("\n");
    await waitUntil("receiver has counted", () => said.length === 2);
    await testbed.setPreset("city");
    // 5 % of 10,000 is 500 with a standard deviation of 22; six of them either way.
    expect(count - Number(said[1])).toBeGreaterThan(370);
    expect(count - Number(said[1])).toBeLessThan(630);
  });
});

/** LTE's counters once nothing of an earlier test is on its way any more. */
async function restingCounters() {
  let before = await testbed.counters("ue", "lte0");
  await waitUntil("LTE is at rest", async () => {
    await sleep(500);
    const now = await testbed.counters("ue", "lte0");
    const isResting = isDeepStrictEqual(now, before);
    before = now;
    return isResting;
  });
  return before;
}

describe("routes of the testbed", () => {
  const isReached = (address: string) =>
    testbed
      .run("ue", "wget", ["-q", "-T", "1", "-t", "1", "--spider", "--no-proxy", `--bind-address=${address}`, origin()])
      .then(() => true)
      .catch(() => false);
  const origin = () => `http://${testbed.addresses.content}/object-${objectBytes}.bin`;

  it("reaches the content provider past the proxy", async () => {
    const before = await testbed.counters("proxy", testbed.interfaces.proxy);
    await testbed.run("generalUe", "wget", ["-q", "--spider", "--no-proxy", origin()]);
    expect(await isReached(testbed.addresses.ueLte)).toBe(true);
    expect(await isReached(testbed.addresses.ueWifi)).toBe(true);
    expect(await testbed.counters("proxy", testbed.interfaces.proxy)).toEqual(before);
  });

  it("takes WiFi, and LTE while WiFi has no carrier", async () => {
    const way = async () => (await testbed.run("ue", "ip", ["route", "get", testbed.addresses.content])).stdout;
    expect(await way()).toContain("dev wifi0");
    await testbed.setFault("wifi", "down");
    await waitUntil("carrier is gone", async () => (await way()).includes("dev lte0"));
    expect(await isReached(testbed.addresses.ueWifi)).toBe(false);
    expect(await isReached(testbed.addresses.ueLte)).toBe(true);
    await testbed.setFault("wifi", "none");
    await waitUntil("carrier is back", async () => (await way()).includes("dev wifi0"));
    expect(await isReached(testbed.addresses.ueWifi)).toBe(true);
  });

  it("carries nothing in a blackhole, with the link up", async () => {
    await testbed.setFault("lte", "blackhole");
    expect((await testbed.run("ue", "cat", ["/sys/class/net/lte0/carrier"])).stdout.trim()).toBe("1");
    expect(await isReached(testbed.addresses.ueLte)).toBe(false);
    expect(await isReached(testbed.addresses.ueWifi)).toBe(true);
    await testbed.setFault("lte", "none");
    expect(await isReached(testbed.addresses.ueLte)).toBe(true);
  });

  it("gives proxy and UE a way to the portal that is not a measured link", async () => {
    const before = await restingCounters();
    for (const [place, url] of [
      ["proxy", testbed.management?.fromProxy],
      ["ue", testbed.management?.fromUe],
    ] as const)
      expect((await testbed.run(place, "wget", ["-qO-", "--no-proxy", `${url}/x`])).stdout).toBe("portal answers /x");
    expect(await testbed.counters("ue", "lte0")).toEqual(before);
  });

  it("stands beside another testbed", async () => {
    const other = await createTestbed({
      preset: "kt-2015",
      portalPort: (portal.address() as AddressInfo).port,
      dataDir: dataDir.path,
      log: testLog,
    });
    try {
      expect(other.id).not.toBe(testbed.id);
      expect(other.management?.fromUe).not.toBe(testbed.management?.fromUe);
      expect(await quickestHandshakeMs(other, "ue", other.addresses.ueWifi)).toBeLessThan(17);
    } finally {
      await other.stop();
    }
    expect(await isReached(testbed.addresses.ueLte)).toBe(true);
  });
});
