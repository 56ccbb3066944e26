import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { noNodeSettings } from "@/lib/contracts/nodes";
import { NodeCredential } from "@/lib/proxy/node-credential";
import { type ProxyNode, type ProxyNodeOptions, startProxyNode } from "@/lib/proxy/proxy-node";
import { askReload, takeOver } from "@/lib/proxy/takeover";
import { sleep } from "@/lib/shared/sleep";
import { collectedLog } from "../../factories/collected-log";
import { entitlement, policySnapshot, rule, whiteList } from "../../factories/policy";
import { type StartedPortalServer, startPortalServer } from "../../factories/portal-server";

/** Reports come once a second. */
const reported = { timeout: 5000 };
/** A slow machine is loaded by what it can serve, not by a queue that grows. */
const mostAskedAtOnce = 50;
const credentials = Buffer.from("ue:right").toString("base64");
const snapshot = policySnapshot({
  version: 7,
  whiteLists: [whiteList("here", [rule("cidr", "127.0.0.0/8")])],
  allowedPrivateRanges: ["127.0.0.0/8"],
});
const order = { revision: 1, isDraining: false, restarts: 0, settings: noNodeSettings, isCredentialDue: false };

let folder: string;
let portal: StartedPortalServer;
let content: Server;
let nodes: ProxyNode[];
const { log } = collectedLog();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proxy-takeover-"));
  portal = await startPortalServer([entitlement("ue")]);
  portal.send({ type: "order", order });
  portal.send({ type: "snapshot", snapshot });
  // Echoes, and ends when the client does.
  content = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  content.listen(0, "127.0.0.1");
  await once(content, "listening");
  nodes = [];
});
afterEach(async () => {
  for (const node of nodes) await node.stop();
  portal.close();
  content.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(changes: Partial<ProxyNodeOptions> = {}): Promise<ProxyNode> {
  const node = await startProxyNode({
    portalUrl: portal.url,
    credential: NodeCredential.given("node.secret"),
    listenAddress: "127.0.0.1",
    port: 0,
    stateFolder: folder,
    threads: 1,
    restart: () => Promise.reject(new Error("nobody supervises this test")),
    log,
    ...changes,
  });
  nodes.push(node);
  await node.ready;
  return node;
}

const portOf = (node: ProxyNode | undefined): number => node?.listener.port ?? 0;

/** Ask for the echo server; the whole answer's head is not read yet. */
function ask(port: number): Socket {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  socket.on("error", () => {});
  const authority = `127.0.0.1:${(content.address() as AddressInfo).port}`;
  socket.write(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`,
  );
  return socket;
}

async function open(port: number): Promise<Socket> {
  const socket = ask(port);
  expect(String(await once(socket, "data"))).toMatch(/^HTTP\/1\.1 200 /);
  return socket;
}

async function echo(socket: Socket, word: string): Promise<string> {
  socket.write(word);
  return String(await once(socket, "data"));
}

describe("a process that takes over", () => {
  it("takes the port and new sessions, while the one before serves its own to the end", async () => {
    const first = await start();
    const port = portOf(first);
    const held = await open(port);
    const second = await start({ isTakeover: true });
    expect(portOf(second)).toBe(port);
    const late = await open(port);
    expect(await echo(held, "old")).toBe("old");
    expect(await echo(late, "new")).toBe("new");
    const firstEpoch = portal.batches[0]?.epoch;
    await vi.waitFor(() => {
      const latest = new Map(portal.batches.map((batch) => [batch.epoch, batch]));
      expect([...latest.values()]).toMatchObject([
        { succeeds: null, node: { state: "retiring", sessions: 1, endsBy: expect.any(String) } },
        { succeeds: firstEpoch, node: { state: "serving", sessions: 1 } },
      ]);
    }, reported);
    held.end();
    await first.retired;
    expect(await echo(late, "still")).toBe("still");
    late.destroy();
  });

  it("loses no connection at the moment of the change", async ({ signal }) => {
    await start();
    const port = portOf(nodes[0]);
    let isOver = false;
    const answers: string[] = [];
    const answer = async (): Promise<void> => {
      const socket = ask(port);
      socket.end("word");
      answers.push(await text(socket).catch((error: Error) => error.message));
    };
    const load = (async () => {
      const asked: Promise<void>[] = [];
      while (!isOver && !signal.aborted) {
        if (asked.length - answers.length < mostAskedAtOnce) asked.push(answer());
        await sleep(1);
      }
      await Promise.all(asked);
    })();
    for (let round = 0; round < 3; round += 1) {
      const before = nodes.at(-1);
      await start({ isTakeover: true });
      await before?.retired;
      await before?.stop();
    }
    isOver = true;
    await load;
    expect(answers.length).toBeGreaterThan(50);
    expect(answers.filter((each) => !/^HTTP\/1\.1 200 .*\r\n\r\nword$/s.test(each))).toEqual([]);
  });

  it("ends the sessions of the one before at its deadline, and says why", async () => {
    const first = await start({ drainDeadlineSeconds: 0 });
    const held = await open(portOf(first));
    const closed = new Promise((resolve) => held.once("close", resolve));
    await start({ isTakeover: true });
    await first.retired;
    await closed;
    await first.stop();
    const ends = portal.batches.flatMap(({ sessions }) => sessions.map(({ end }) => end?.reason));
    expect(ends).toContain("node-drained");
  });

  it("changes nothing where it leaves before it serves", async () => {
    const first = await start();
    const takeover = await takeOver(folder);
    expect(takeover).toMatchObject({ epoch: expect.any(String) });
    takeover?.close();
    const socket = await open(portOf(first));
    expect(await echo(socket, "same")).toBe("same");
    socket.destroy();
    expect((await readdir(folder)).filter((name) => name.startsWith("takeover"))).toEqual([]);
  });

  it("opens the port itself where no process is left", async () => {
    const first = await start();
    await first.stop();
    expect(existsSync(join(folder, "control.sock"))).toBe(false);
    const second = await start({ isTakeover: true });
    (await open(portOf(second))).destroy();
  });

  it("is asked for by `twinpath reload`, which hears how it went", async () => {
    await start();
    await expect(askReload(folder)).rejects.toThrow("nobody supervises this test");
    await start({ isTakeover: true, restart: async () => void (await start({ isTakeover: true })) });
    await askReload(folder);
    expect(nodes).toHaveLength(3);
    await expect(askReload(join(folder, "elsewhere"))).rejects.toMatchObject({ code: "CLI_NOT_RUNNING" });
  });

  it("leaves with its last session, but not before who asked for the reload has heard of it", async () => {
    const told: string[] = [];
    const restart = async (): Promise<void> => {
      await start({ isTakeover: true });
      await new Promise((resolve) => setTimeout(resolve, 300));
      told.push("restarted");
    };
    const node = await start({ restart });
    const retired = node.retired.then(() => told.push("retired"));
    await askReload(folder);
    await retired;
    expect(told).toEqual(["restarted", "retired"]);
  });
});

describe("an order", () => {
  it("to drain refuses new sessions with words, lets the others go on, and is kept; resume takes it back", async () => {
    const node = await start();
    const held = await open(portOf(node));
    portal.send({ type: "order", order: { ...order, revision: 2, isDraining: true } });
    const draining = { state: "draining", sessions: 1 };
    await vi.waitFor(() => expect(portal.batches.at(-1)?.node).toMatchObject(draining), reported);
    const refused = await text(ask(portOf(node)));
    expect(refused).toMatch(/^HTTP\/1\.1 503 /);
    expect(refused).toContain("drained for maintenance");
    expect(await echo(held, "on")).toBe("on");
    const next = await start({ isTakeover: true });
    expect(await text(ask(portOf(next)))).toMatch(/^HTTP\/1\.1 503 /);
    expect(await echo(held, "still on")).toBe("still on");
    portal.send({ type: "order", order: { ...order, revision: 3 } });
    await vi.waitFor(async () => (await open(portOf(next))).destroy());
    held.destroy();
  });

  it("with settings moves the port and the limits at once; the place before stays for its sessions", async () => {
    const node = await start();
    const before = portOf(node);
    const held = await open(before);
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const listenPort = (probe.address() as AddressInfo).port;
    const settings = { ...noNodeSettings, listenPort, maxConnections: 2, idleTimeoutSeconds: 77 };
    portal.send({ type: "order", order: { ...order, revision: 2, settings } });
    await vi.waitFor(() => expect(portal.batches.at(-1)?.node.order.failure).toContain("EADDRINUSE"), reported);
    expect(portOf(node)).toBe(before);
    probe.close();
    await once(probe, "close");
    portal.send({ type: "order", order: { ...order, revision: 3, settings } });
    const changed = {
      listen: { port: listenPort },
      order: { revision: 3, failure: null },
      settings: { listenPort, maxConnections: 2, idleTimeoutSeconds: 77 },
    };
    await vi.waitFor(() => expect(portal.batches.at(-1)?.node).toMatchObject(changed), reported);
    expect(await text(ask(before))).toContain("listens at another address now");
    const moved = await open(listenPort);
    // The third connection is over the limit.
    expect(await text(ask(listenPort)).catch(() => "reset")).toMatch(/^(reset)?$/);
    expect(await echo(held, "here")).toBe("here");
    held.destroy();
    moved.destroy();
    const isRefused = (): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect(before, "127.0.0.1");
        socket.once("error", () => resolve(true)).once("connect", () => resolve(false));
        socket.once("connect", () => socket.destroy());
      });
    await vi.waitFor(async () => expect(await isRefused()).toBe(true), { timeout: 5000 });
  });

  it("to a place that is not there when it starts: it listens at the command line's, says so, and can be corrected", async () => {
    const settings = { ...noNodeSettings, listenAddress: "192.0.2.77" };
    const kept = { order: { ...order, revision: 2, settings }, restarts: 0 };
    await writeFile(join(folder, "orders.json"), JSON.stringify(kept));
    portal.send({ type: "order", order: { ...order, revision: 2, settings } });
    const node = await start();
    expect(node.listener.address).toBe("127.0.0.1");
    (await open(portOf(node))).destroy();
    await vi.waitFor(() => expect(portal.batches.at(-1)?.node.order.failure).toContain("EADDRNOTAVAIL"), reported);
    portal.send({ type: "order", order: { ...order, revision: 3 } });
    const told = { order: { revision: 3, failure: null } };
    await vi.waitFor(() => expect(portal.batches.at(-1)?.node).toMatchObject(told), reported);
  });

  it("to restart is carried out once, and told when it failed", async () => {
    let asked = 0;
    const restart = async (): Promise<void> => {
      asked += 1;
      if (asked === 1) throw new Error("no memory");
      await start({ isTakeover: true });
    };
    await start({ restart });
    portal.send({ type: "order", order: { ...order, revision: 2, restarts: 1 } });
    const failed = { revision: 2, restarts: 1, failure: "no memory" };
    await vi.waitFor(() => expect(portal.batches.at(-1)?.node.order).toEqual(failed), reported);
    portal.send({ type: "order", order: { ...order, revision: 3, restarts: 2 } });
    const done = { state: "serving", order: { revision: 3, restarts: 2, failure: null } };
    const nodesTold = () => portal.batches.map(({ node }) => node);
    await vi.waitFor(() => expect(nodesTold()).toContainEqual(expect.objectContaining(done)), reported);
    expect(asked).toBe(2);
    expect(nodes).toHaveLength(2);
  });
});
