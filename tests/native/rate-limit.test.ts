import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { dial, makePayload, receive, receiveAll, type StartedServer, startServer } from "./net-ends";
import { countDescriptors, type RelayPlan, startEngine, startRoute, waitFor } from "./start-relay";

const limit = 77;
const chunk = Buffer.alloc(64 << 10);

/** Sends as long as the socket lives. */
function pour(socket: Socket): void {
  const fill = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on("drain", fill);
  fill();
}

/** A server that answers the first byte with bytes without end. */
function startSource(): Promise<StartedServer> {
  return startServer((socket) => socket.once("data", () => pour(socket)));
}

type Route = "tcp" | "mptcp";

/** A route whose proxy takes every connection into the limit, before it is relayed. */
function startLimited(route: Route, port: number, bytesPerSecond: number | null, plan: Partial<RelayPlan> = {}) {
  const relay = startRoute(route, port, {
    ...plan,
    onEvent: (event) => {
      if (event.type !== "accepted" || event.local.port !== relay.proxy.listener.port) return;
      relay.proxy.engine.limitConnection(event.connection, limit);
    },
  });
  const setRate = (rate: number | null) =>
    relay.proxy.engine.setRateLimit(limit, { uploadBytesPerSecond: rate, downloadBytesPerSecond: rate });
  setRate(bytesPerSecond);
  return { ...relay, setRate };
}

async function startDownloads(port: number, count: number): Promise<{ sockets: Socket[]; bytes: number[] }> {
  const sockets: Socket[] = [];
  const bytes = Array.from({ length: count }, () => 0);
  for (let index = 0; index < count; index += 1) {
    const socket = await dial(port);
    socket.on("data", (data: Buffer) => {
      bytes[index] = (bytes[index] ?? 0) + data.length;
    });
    socket.write("x");
    sockets.push(socket);
  }
  return { sockets, bytes };
}

const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);

/** What arrives in a while: bytes a second in all, and each one's part of an equal one. */
async function rateOf(bytes: number[], ms: number): Promise<{ rate: number; parts: number[] }> {
  const before = [...bytes];
  const began = performance.now();
  await sleep(ms);
  const grown = bytes.map((value, index) => value - (before[index] ?? 0));
  const rate = (sum(grown) * 1000) / (performance.now() - began);
  return { rate, parts: grown.map((value) => (value * grown.length) / sum(grown)) };
}

describe.each(["tcp", "mptcp"] as const)("a rate limit over %s", (route) => {
  it.each([1, 4, 16])("holds for %i downloads together, in like parts", async (count) => {
    const server = await startSource();
    const relay = startLimited(route, server.port, 3_000_000);
    const { sockets, bytes } = await startDownloads(relay.port, count);
    await sleep(500);
    const { rate, parts } = await rateOf(bytes, 1200);
    expect(rate / 3_000_000).toBeGreaterThan(0.95);
    expect(rate / 3_000_000).toBeLessThan(1.05);
    expect(Math.min(...parts)).toBeGreaterThan(0.8);
    expect(Math.max(...parts)).toBeLessThan(1.2);
    for (const socket of sockets) socket.destroy();
    await relay.stop();
    await server.close();
  });

  it("follows a change at once, up, down and away, while running", async () => {
    const server = await startSource();
    const relay = startLimited(route, server.port, 1_000_000);
    const { sockets, bytes } = await startDownloads(relay.port, 4);
    await sleep(500);
    for (const wanted of [8_000_000, 500_000, 4_000_000]) {
      relay.setRate(wanted);
      await sleep(100);
      const { rate } = await rateOf(bytes, 700);
      expect(rate / wanted).toBeGreaterThan(0.9);
      expect(rate / wanted).toBeLessThan(1.1);
    }
    relay.setRate(null);
    await sleep(100);
    expect((await rateOf(bytes, 500)).rate).toBeGreaterThan(40_000_000);
    for (const socket of sockets) socket.destroy();
    await relay.stop();
    await server.close();
  });

  it("delivers whole payloads and both half-closes", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startLimited(route, server.port, 6_000_000);
    const payload = makePayload(3_456_789);
    const clients = await Promise.all([dial(relay.port), dial(relay.port)]);
    const began = performance.now();
    const received = clients.map((client) => receiveAll(client));
    for (const client of clients) client.end(payload.bytes);
    for (const each of await Promise.all(received))
      expect(each).toEqual({ bytes: payload.bytes.length, sha256: payload.sha256, end: "fin" });
    const ideal = (2 * payload.bytes.length) / 6_000;
    expect(performance.now() - began).toBeGreaterThan(ideal * 0.9);
    expect((await relay.proxy.next("closed", 2)).reason).toBe("finished");
    await relay.stop();
    await server.close();
  });
});

describe("a rate limit", () => {
  it("counts each direction by itself", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startLimited("tcp", server.port, null);
    const { engine } = relay.proxy;
    engine.setRateLimit(limit, { uploadBytesPerSecond: null, downloadBytesPerSecond: 1_000_000 });
    const client = await dial(relay.port);
    client.write("x");
    await receive(client, 1);
    client.pause();
    client.write(Buffer.alloc(2_000_000));
    const [upstream] = server.sockets;
    await waitFor("the upload to arrive unhindered", () => (upstream?.bytesRead ?? 0) > 2_000_000, 500);
    const began = performance.now();
    await receive(client, 2_000_000);
    expect(performance.now() - began).toBeGreaterThan(1500);
    client.destroy();
    await relay.stop();
    await server.close();
  });

  it("can be given and taken while a connection runs, and dropped while in use", async () => {
    const server = await startSource();
    const relay = startRoute("tcp", server.port);
    const { engine } = relay.proxy;
    const { sockets, bytes } = await startDownloads(relay.port, 2);
    const { connection } = await relay.proxy.next("accepted");
    const other = (await relay.proxy.next("accepted", 2)).connection;
    const slow = { uploadBytesPerSecond: 10_000, downloadBytesPerSecond: 10_000 };
    await sleep(100);
    engine.setRateLimit(limit, slow);
    engine.setRateLimit(-limit, slow);
    engine.limitConnection(connection, limit);
    engine.limitConnection(other, -limit);
    await sleep(800);
    expect((await rateOf(bytes, 500)).rate).toBeLessThan(100_000);
    engine.limitConnection(connection, null);
    engine.dropRateLimit(-limit);
    await sleep(50);
    const freed = await rateOf(bytes, 300);
    expect(freed.rate).toBeGreaterThan(20_000_000);
    expect(Math.min(...freed.parts)).toBeGreaterThan(0.1);
    engine.setRateLimit(-limit, slow);
    expect((await rateOf(bytes, 300)).rate).toBeGreaterThan(20_000_000);
    expect(() => engine.limitConnection(connection, 5)).toThrow(/rate limit 5 .*ENOENT/);
    expect(() => engine.setRateLimit(1, { ...slow, uploadBytesPerSecond: 0 })).toThrow(/uploadBytesPerSecond is 0/);
    expect(() => engine.setRateLimit(1.5, slow)).toThrow(/limit is 1.5/);
    engine.dropRateLimit(12_345);
    for (const socket of sockets) socket.destroy();
    await relay.stop();
    await server.close();
  });

  it("keeps tiny rates, lets interactive bytes through among bulk, and does not spin", async () => {
    const server = await startServer((socket) => {
      socket.once("data", (data) => (data.toString() === "x" ? pour(socket) : socket.pipe(socket.resume())));
    });
    const relay = startLimited("tcp", server.port, 8000);
    const { sockets, bytes } = await startDownloads(relay.port, 8);
    await sleep(1500);
    const cpu = process.cpuUsage();
    const { rate } = await rateOf(bytes, 3000);
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1000).toBeLessThan(150);
    expect(rate).toBeGreaterThan(8000 * 0.75);
    expect(rate).toBeLessThan(8000 * 1.25);
    relay.setRate(2_000_000);
    const talker = await dial(relay.port);
    talker.write("talk");
    await sleep(100);
    const delaysMs: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const began = performance.now();
      talker.write("ping");
      await receive(talker, 4);
      delaysMs.push(performance.now() - began);
    }
    expect(Math.max(...delaysMs)).toBeLessThan(150);
    for (const socket of [...sockets, talker]) socket.destroy();
    await relay.stop();
    await server.close();
  });

  it("goes together with an upload limit", async () => {
    const server = await startServer((socket) => void socket);
    const started = startEngine({}, (engine, event) => {
      if (event.type === "accepted")
        engine.connect(event.connection, {
          address: "127.0.0.1",
          port: server.port,
          localAddress: null,
          mptcp: false,
          timeoutMs: 1000,
        });
      if (event.type === "connected") {
        engine.setRateLimit(limit, { uploadBytesPerSecond: 1_000_000, downloadBytesPerSecond: null });
        engine.limitConnection(event.connection, limit);
        engine.relay(event.connection, { uploadLimitBytes: 300_001 });
      }
    });
    const { port } = started.engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("x");
    await started.next("connected");
    const began = performance.now();
    client.write(Buffer.alloc(400_000));
    const { connection } = await started.next("upload-limit");
    expect(performance.now() - began).toBeGreaterThan(200);
    started.engine.sample(1, [connection], []);
    expect((await started.next("sampled")).samples[0]?.uploadBytes).toBe(300_001);
    client.destroy();
    await started.engine.stop();
    await server.close();
  });
});

describe("an end while connections wait for their turn", () => {
  it.each([
    ["first", 0],
    ["middle", 10],
    ["last", 19],
  ])("of all but the %s one leaves that one the whole rate", async (_place, left) => {
    const server = await startSource();
    const relay = startLimited("tcp", server.port, 125_000);
    const { sockets, bytes } = await startDownloads(relay.port, 20);
    await sleep(1500);
    /* By reset: a client's FIN alone would leave its download waiting. */
    for (const [index, socket] of sockets.entries()) if (index !== left) socket.resetAndDestroy();
    await relay.proxy.next("closed", 19);
    await sleep(500);
    const { rate } = await rateOf(bytes, 1500);
    expect(rate / 125_000).toBeGreaterThan(0.9);
    expect(rate / 125_000).toBeLessThan(1.1);
    sockets[left]?.destroy();
    await relay.stop();
    await server.close();
  });

  /** 20 bytes a second: after the first turn everybody waits for a minute. */
  async function startWaiting(plan: Partial<RelayPlan> = {}) {
    const server = await startSource();
    const relay = startLimited("tcp", server.port, 20, plan);
    const { sockets, bytes } = await startDownloads(relay.port, 4);
    for (const socket of sockets) socket.write(Buffer.alloc(1_000_000));
    await waitFor("the first turn", () => sum(bytes) > 0);
    await sleep(100);
    return { server, relay, sockets, bytes };
  }

  it("is told to the client and the server, whoever ends, and gives every descriptor back", async () => {
    const idle = await startServer(() => undefined);
    await idle.close();
    const before = countDescriptors();
    const { server, relay, sockets } = await startWaiting();
    const { engine } = relay.proxy;
    const ids = relay.proxy.all("accepted").map(({ connection }) => connection);
    const [first, second, third, fourth] = sockets;
    first?.resetAndDestroy();
    expect((await relay.proxy.next("closed")).reason).toBe("client-reset");
    engine.close(ids[1] ?? 0, "reset");
    await waitFor("the reset", () => second?.destroyed);
    engine.close(ids[2] ?? 0, "flush");
    third?.end();
    await relay.proxy.next("closed", 3);
    const reasons = relay.proxy.all("closed").map(({ reason }) => reason);
    expect(reasons).toEqual(["client-reset", "closed-by-owner", "closed-by-owner"]);
    await waitFor("the end", () => third?.readableEnded);
    await relay.stop();
    expect((await relay.proxy.next("closed", 4)).reason).toBe("engine-stopped");
    third?.destroy();
    fourth?.destroy();
    await server.close();
    await waitFor("descriptors to come back", () => countDescriptors() <= before);
  });

  it("goes on when the limit goes", async () => {
    const { server, relay, sockets, bytes } = await startWaiting();
    const before = sum(bytes);
    relay.proxy.engine.dropRateLimit(limit);
    await waitFor("bytes", () => sum(bytes) > before + 10_000_000, 1000);
    for (const socket of sockets) socket.destroy();
    await relay.stop();
    await server.close();
  });

  it("does not take who waits for idle", async () => {
    const { server, relay, sockets } = await startWaiting({ idleTimeoutMs: 300 });
    await sleep(1500);
    expect(relay.proxy.all("closed")).toEqual([]);
    for (const socket of sockets) socket.destroy();
    await relay.stop();
    await server.close();
  });
});
