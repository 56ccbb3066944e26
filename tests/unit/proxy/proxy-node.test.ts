import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ProxyNode, startProxyNode } from "@/lib/proxy/proxy-node";
import { collectedLog } from "../../factories/collected-log";
import { entitlement, policySnapshot } from "../../factories/policy";
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
  node = await startProxyNode({
    portalUrl: portal.url,
    credential: "node.secret",
    listenAddress: "127.0.0.1",
    port: 0,
    stateFolder: folder,
    threads: 1,
    log,
  });
});
afterEach(async () => {
  await node?.stop();
  node = null;
  portal.close();
  content.close();
  await rm(folder, { recursive: true, force: true });
});

const snapshot = policySnapshot({
  version: 7,
  whiteLists: [{ id: "here", name: "Here", rules: [{ kind: "cidr", value: "127.0.0.0/8", ports: [] }] }],
  allowedPrivateRanges: ["127.0.0.0/8"],
});

/** CONNECT to the content server; the socket, for reading the whole answer or holding it open. */
function ask(): Socket {
  const socket = connect({ host: "127.0.0.1", port: node?.listener.port ?? 0, allowHalfOpen: true });
  socket.on("error", () => {});
  const authority = `127.0.0.1:${contentPort}`;
  socket.write(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`,
  );
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

  it("closes a running session whose device is revoked", async () => {
    portal.send({ type: "snapshot", snapshot });
    content.removeAllListeners("connection").on("connection", (socket) => socket.on("error", () => {}));
    await vi.waitFor(() => expect(portal.batches.at(-1)?.node.policyVersion).toBe(7));
    const held = ask();
    await once(held, "data");
    const failed = new Promise((resolve) => held.once("error", resolve));
    portal.suspendAll();
    expect(await failed).toMatchObject({ code: "ECONNRESET" });
  });
});
