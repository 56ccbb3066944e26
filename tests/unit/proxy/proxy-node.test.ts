import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SessionReport } from "@/lib/contracts/telemetry";
import { isInCanary } from "@/lib/policy";
import { NodeCredential } from "@/lib/proxy/node-credential";
import { type ProxyNode, startProxyNode } from "@/lib/proxy/proxy-node";
import { sleep } from "@/lib/shared/sleep";
import { collectedLog } from "../../factories/collected-log";
import { entitlement, policySnapshot, rule, serviceClass, whiteList } from "../../factories/policy";
import { type StartedPortalServer, startPortalServer } from "../../factories/portal-server";

const credentials = Buffer.from("ue:right").toString("base64");

let folder: string;
let portal: StartedPortalServer;
let content: Server;
let contentPort: number;
let node: ProxyNode | null = null;
const { log, said } = collectedLog();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proxy-node-"));
  portal = await startPortalServer([entitlement("ue")]);
  content = createServer((socket) => socket.on("error", () => {}).end("content"));
  content.listen(0, "127.0.0.1");
  await once(content, "listening");
  contentPort = (content.address() as AddressInfo).port;
  node = await start();
});
afterEach(async () => {
  await node?.stop();
  node = null;
  portal.close();
  content.close();
  await rm(folder, { recursive: true, force: true });
});

function start(): Promise<ProxyNode> {
  return startProxyNode({
    portalUrl: portal.url,
    credential: NodeCredential.given("node.secret"),
    listenAddress: "127.0.0.1",
    port: 0,
    stateFolder: folder,
    threads: 1,
    restart: () => Promise.reject(new Error("not in this test")),
    log,
  });
}

/** A version above 8 that the subscriber was drawn for, at half of all. */
const drawnVersion =
  Array.from({ length: 50 }, (_, index) => 10 + index).find((version) =>
    isInCanary({ subscriberId: "subscriber of ue", version, percent: 50 }),
  ) ?? 0;

const snapshot = policySnapshot({
  version: 7,
  whiteLists: [whiteList("here", [rule("cidr", "127.0.0.0/8")])],
  allowedPrivateRanges: ["127.0.0.0/8"],
});

/** CONNECT to the content server; the socket, for reading the whole answer or holding it open. */
function ask(): Socket {
  const socket = connect({ host: "127.0.0.1", port: node?.listener.port ?? 0, allowHalfOpen: true });
  socket.on("error", () => {});
  const authority = `127.0.0.1:${contentPort}`;
  const fields = `Host: ${authority}\r\nProxy-Authorization: Basic ${credentials}\r\nConnection: close`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\n${fields}\r\n\r\n`);
  return socket;
}

async function answer(): Promise<string> {
  const socket = ask();
  const answered = await text(socket);
  socket.end();
  return answered;
}

describe("startProxyNode", () => {
  it("serves by the portal's policy, and stays with it where the next one is unfit", async () => {
    expect(await answer()).toMatch(/^HTTP\/1\.1 503 /);
    portal.send({ type: "snapshot", snapshot });
    await vi.waitFor(async () => expect(await answer()).toMatch(/200 Connection established\r\n\r\ncontent$/));
    portal.send({
      type: "snapshot",
      snapshot: { ...snapshot, version: 8, allowedPrivateRanges: ["127.0.0.0/99"] },
    });
    await vi.waitFor(() => expect(said("error")).toHaveLength(1));
    expect(await answer()).toMatch(/content$/);
    expect(portal.streams()).toBe(1);
  });

  it("stops with everything told and kept", async () => {
    portal.send({ type: "snapshot", snapshot });
    await vi.waitFor(async () => expect(await answer()).toMatch(/content$/));
    const held = ask();
    await once(held, "data");
    await node?.stop();
    node = null;
    held.destroy();
    const kept: unknown = JSON.parse(await readFile(join(folder, "policy.json"), "utf8"));
    expect(kept).toMatchObject({ snapshot: { version: 7 }, entitlements: [{ deviceId: "ue" }] });
    const ends = portal.batches.flatMap((batch) => batch.sessions.filter((session) => session.end !== null));
    expect(new Set(ends.map((session) => session.id)).size).toBe(ends.length);
    expect(ends.length).toBeGreaterThanOrEqual(2);
    expect(ends.at(-1)).toMatchObject({ deviceId: "ue", destination: `127.0.0.1:${contentPort}`, whiteListId: "here" });
  });

  it("refuses with the reason: what no list of this subscriber has, and heads that are too large", async () => {
    const extra = whiteList("here", [rule("cidr", "127.0.0.0/8")], { name: "Partner sites", audience: "extra" });
    portal.send({ type: "snapshot", snapshot: { ...snapshot, whiteLists: [extra] } });
    await vi.waitFor(async () => expect(await answer()).toMatch(/^HTTP\/1\.1 403 /));
    expect(await answer()).toContain('only on the extra list "Partner sites"');
    portal.entitlements.splice(0, 1, entitlement("ue", { extraWhiteListIds: ["here"] }));
    portal.send({ type: "revoke", deviceIds: ["ue"] });
    await vi.waitFor(async () => expect(await answer()).toMatch(/content$/));
    const socket = connect(node?.listener.port ?? 0, "127.0.0.1");
    socket.write(`GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nX: ${"x".repeat(40_000)}`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("acknowledges each version, and why one is unfit; a restarted node tells again what it has", async () => {
    portal.send({ type: "snapshot", snapshot });
    portal.send({ type: "snapshot", snapshot: { ...snapshot, version: 8, allowedPrivateRanges: ["127.0.0.0/99"] } });
    await vi.waitFor(() => expect(portal.acks).toHaveLength(2));
    expect(portal.acks).toEqual([
      { version: 7, isApplied: true, reason: null },
      { version: 8, isApplied: false, reason: expect.stringContaining("127.0.0.0/99") },
    ]);
    await node?.stop();
    node = await start();
    await vi.waitFor(() => expect(portal.acks.length).toBeGreaterThan(2));
    expect(portal.acks.at(2)).toMatchObject({ version: 7, isApplied: true });
    expect(portal.resumes).toEqual([null, "7"]);
  });
});

describe("a running session", () => {
  let held: Socket;
  let failed: Promise<unknown>;
  beforeEach(async () => {
    content.removeAllListeners("connection").on("connection", (socket) => socket.on("error", () => {}));
    portal.send({ type: "snapshot", snapshot });
    await vi.waitFor(() => expect(portal.batches.at(-1)?.node.policyVersion).toBe(7));
    held = ask();
    await once(held, "data");
    failed = new Promise((resolve) => held.once("error", resolve));
  });
  afterEach(() => held.destroy());

  const last = (): SessionReport | undefined => portal.batches.at(-1)?.sessions.at(-1);
  const ends = (): (string | undefined)[] =>
    portal.batches.flatMap(({ sessions }) => sessions.filter(({ end }) => end !== null).map(({ end }) => end?.reason));

  it("ends where its subscriber is suspended", async () => {
    portal.suspendAll();
    expect(await failed).toMatchObject({ code: "ECONNRESET" });
    await vi.waitFor(() => expect(ends()).toEqual(["suspended"]));
  });

  it("ends where its device is revoked", async () => {
    portal.entitlements.splice(0);
    portal.send({ type: "revoke", deviceIds: ["ue"] });
    expect(await failed).toMatchObject({ code: "ECONNRESET" });
    await vi.waitFor(() => expect(ends()).toEqual(["revoked"]));
  });

  it("ends where a revocation came while the stream was away", async () => {
    const [known] = portal.entitlements;
    if (known !== undefined) known.state = "suspended";
    await sleep(50);
    expect(held.destroyed).toBe(false);
    portal.endStreams();
    expect(await failed).toMatchObject({ code: "ECONNRESET" });
    await vi.waitFor(() => expect(ends()).toEqual(["suspended"]));
  });

  it("ends where no white-list has its destination any more", async () => {
    portal.send({ type: "snapshot", snapshot: { ...snapshot, version: 8, whiteLists: [] } });
    expect(await failed).toMatchObject({ code: "ECONNRESET" });
    await vi.waitFor(() => expect(ends()).toEqual(["no-longer-allowed"]));
  });

  it("goes on under a newer policy, a trial and another class, and says which govern it", async () => {
    await vi.waitFor(() => expect(last()).toMatchObject({ policyVersion: 7, serviceClassId: "gold" }));
    const serviceClasses = [serviceClass("gold"), serviceClass("bronze")];
    portal.send({ type: "snapshot", snapshot: { ...snapshot, version: 8, serviceClasses } });
    await vi.waitFor(() => expect(last()?.policyVersion).toBe(8));
    portal.entitlements.splice(0, 1, entitlement("ue", { serviceClassId: "bronze" }));
    portal.send({ type: "revoke", deviceIds: null });
    await vi.waitFor(() => expect(last()).toMatchObject({ policyVersion: 8, serviceClassId: "bronze" }));
    const trial = { ...snapshot, version: drawnVersion, serviceClasses };
    portal.send({ type: "canary", canary: { percent: 50, snapshot: trial } });
    await vi.waitFor(() => expect(last()?.policyVersion).toBe(drawnVersion));
    expect(portal.batches.at(-1)?.node).toMatchObject({ policyVersion: 8, canaryVersion: drawnVersion });
    portal.send({ type: "canary", canary: null });
    await vi.waitFor(() => expect(last()?.policyVersion).toBe(8));
    expect(held.destroyed).toBe(false);
    expect(portal.batches.flatMap(({ ruleHits }) => ruleHits)).toMatchObject([{ whiteListId: "here", hits: 1 }]);
  });

  it("feels its class's total cap at once, on top of what it is doing", async () => {
    let bytes = 0;
    held.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    content.removeAllListeners("connection").on("connection", (socket) => {
      socket.on("error", () => {});
      const chunk = Buffer.alloc(65_536);
      const pump = (): void => {
        while (socket.writable && socket.write(chunk));
      };
      socket.on("drain", pump);
      pump();
    });
    const fast = ask();
    fast.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const rateMbps = async (ms: number): Promise<number> => {
      const before = bytes;
      await sleep(ms);
      return ((bytes - before) * 8) / ms / 1000;
    };
    await vi.waitFor(async () => expect(await rateMbps(100)).toBeGreaterThan(200));
    const capped = [serviceClass("gold", { totalRateKbps: 16_000 })];
    portal.send({ type: "snapshot", snapshot: { ...snapshot, version: 8, serviceClasses: capped } });
    await sleep(1500);
    const rate = await rateMbps(2000);
    expect(rate).toBeGreaterThan(15);
    expect(rate).toBeLessThan(17);
    portal.send({ type: "snapshot", snapshot: { ...snapshot, version: 9 } });
    await vi.waitFor(async () => expect(await rateMbps(100)).toBeGreaterThan(200));
    fast.destroy();
  });
});
