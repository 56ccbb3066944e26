import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { dial, makePayload, receive, receiveAll, startDeafPort, startServer } from "./net-ends";
import { readSlowly } from "./slow-reader";
import { countDescriptors, restingDescriptors, startEngine, startRelay, waitFor } from "./start-relay";

const loopback = { address: "127.0.0.1", localAddress: null, mptcp: false, timeoutMs: 3000 };

describe("conversation", () => {
  it("speaks with both sides chunk by chunk, in order, then relays with no byte lost", async () => {
    const payload = makePayload(2 << 20);
    const server = await startServer((socket) => socket.end(payload.bytes));
    const { engine, next } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("hello");
    const { connection, data, kind } = await next("accepted");
    expect([data.toString(), kind]).toEqual(["hello", "tcp"]);
    engine.write(connection, "client", Buffer.from("who?"));
    engine.read(connection, "client");
    expect((await receive(client, 4)).toString()).toBe("who?");
    client.write("me");
    expect(await next("data")).toMatchObject({ connection, side: "client", data: Buffer.from("me") });
    engine.connect(connection, { ...loopback, port: server.port });
    await next("connected");
    engine.read(connection, "upstream");
    const first = await next("data", 2);
    expect(first.side).toBe("upstream");
    expect(first.data.length).toBeLessThanOrEqual(16 << 10);
    engine.write(connection, "client", first.data);
    engine.relay(connection);
    expect(await receiveAll(client)).toEqual({ bytes: payload.bytes.length, sha256: payload.sha256, end: "fin" });
    client.end();
    const closed = await next("closed");
    expect(closed.reason).toBe("finished");
    expect(closed.last.downloadBytes).toBe(payload.bytes.length - first.data.length);
    await engine.stop();
    await server.close();
  });

  it("leaves bytes that were sent ahead with the request for the relay", async () => {
    const ahead = makePayload(3 << 20);
    const server = await startServer(() => undefined);
    const { engine, next } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.end(ahead.bytes);
    const accepted = await next("accepted");
    engine.connect(accepted.connection, { ...loopback, port: server.port });
    await next("connected");
    await sleep(50);
    engine.write(accepted.connection, "upstream", accepted.data);
    engine.relay(accepted.connection);
    const upstream = await waitFor("the server's socket", () => server.sockets[0]);
    expect(await receiveAll(upstream)).toMatchObject({ bytes: ahead.bytes.length, sha256: ahead.sha256, end: "fin" });
    upstream.end();
    expect(await next("closed")).toMatchObject({ reason: "finished" });
    await engine.stop();
    await server.close();
  });

  it("reads the next chunk only after what was written to the other side has left", async () => {
    const server = await startServer((socket) => socket.pause());
    const { engine, next, all } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("x");
    const { connection } = await next("accepted");
    engine.connect(connection, { ...loopback, port: server.port });
    await next("connected");
    engine.write(connection, "upstream", Buffer.alloc(32 << 20));
    engine.read(connection, "client");
    client.write("y");
    await sleep(100);
    expect(all("data")).toEqual([]);
    server.sockets[0]?.resume();
    expect((await next("data")).data.toString()).toBe("y");
    client.destroy();
    await engine.stop();
    await server.close();
  });

  it("passes no more than the upload limit, speaks with the client again, and relays on", async () => {
    const server = await startServer(() => undefined);
    const { engine, next, all } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("request");
    const { connection } = await next("accepted");
    engine.connect(connection, { ...loopback, port: server.port });
    await next("connected");
    const upstream = await waitFor("the server's socket", () => server.sockets[0]);
    const body = Buffer.alloc(1_000_000, "b");
    engine.relay(connection, { uploadLimitBytes: body.length });
    client.write(body);
    client.write("next request");
    await next("upload-limit");
    expect(body.equals(await receive(upstream, body.length))).toBe(true);
    upstream.write("answer");
    expect((await receive(client, 6)).toString()).toBe("answer");
    await sleep(50);
    expect([upstream.readableLength, all("data").length]).toEqual([0, 0]);
    engine.read(connection, "client");
    expect((await next("data")).data.toString()).toBe("next request");
    engine.write(connection, "upstream", Buffer.from("rewritten"));
    engine.relay(connection, { uploadLimitBytes: 0 });
    await next("upload-limit", 2);
    expect((await receive(upstream, 9)).toString()).toBe("rewritten");
    engine.relay(connection);
    client.end("rest");
    expect((await receive(upstream, 4)).toString()).toBe("rest");
    upstream.end();
    const closed = await next("closed");
    expect(closed).toMatchObject({ reason: "finished" });
    expect(closed.last.uploadBytes).toBe(body.length + 4);
    client.destroy();
    await engine.stop();
    await server.close();
  });

  it("takes the next question of the client that is asked for together with a relay of nothing", async () => {
    const server = await startServer(() => undefined);
    const { engine, next } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("request");
    const { connection } = await next("accepted");
    engine.connect(connection, { ...loopback, port: server.port });
    await next("connected");
    engine.relay(connection, { uploadLimitBytes: 0 });
    engine.read(connection, "client");
    client.write("chunk");
    expect((await next("data")).data.toString()).toBe("chunk");
    client.destroy();
    await engine.stop();
    await server.close();
  });

  it("ends the session when the download ends while the client is in conversation again", async () => {
    const server = await startServer((socket) => socket.once("data", () => socket.end("answer")));
    const relay = startEngine({}, (engine, event) => {
      if (event.type === "accepted") engine.connect(event.connection, { ...loopback, port: server.port });
      if (event.type !== "connected") return;
      engine.write(event.connection, "upstream", Buffer.from("request"));
      engine.relay(event.connection, { uploadLimitBytes: 0 });
    });
    const { port } = relay.engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("request");
    client.write("a second request that nobody will answer");
    expect(await receiveAll(client)).toMatchObject({ bytes: 6, end: "fin" });
    client.end();
    expect(await relay.next("closed")).toMatchObject({ reason: "finished" });
    await relay.engine.stop();
    await server.close();
  });

  it("notices a client's reset during a limited relay, and delivers its end when asked", async () => {
    const server = await startServer((socket) => socket.write("stream"));
    const { engine, next, all } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const clients = [await dial(port), await dial(port)];
    for (const [index, client] of clients.entries()) {
      client.write("x");
      const { connection } = await next("accepted", index + 1);
      engine.connect(connection, { ...loopback, port: server.port });
      await next("connected", index + 1);
      engine.relay(connection, { uploadLimitBytes: 0 });
      await receive(client, 6);
    }
    const [gone, ending] = all("accepted").map((event) => event.connection);
    clients[0]?.resetAndDestroy();
    expect(await next("closed")).toMatchObject({ connection: gone, reason: "client-reset" });
    clients[1]?.end();
    await sleep(50);
    expect(all("end")).toEqual([]);
    if (ending !== undefined) engine.read(ending, "client");
    expect(await next("end")).toMatchObject({ connection: ending, side: "client" });
    server.sockets[1]?.write("still");
    const survivor = clients[1];
    if (survivor) expect((await receive(survivor, 5)).toString()).toBe("still");
    await engine.stop();
    await server.close();
  });
});

describe("closing", () => {
  it("flushes a refusal to a client that is still sending", async () => {
    const refusal = Buffer.alloc(200_000, "no");
    const relay = startEngine({}, (engine, event) => {
      if (event.type !== "accepted") return;
      engine.write(event.connection, "client", refusal);
      engine.close(event.connection, "flush");
    });
    const { port } = relay.engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write(Buffer.alloc(2 << 20));
    expect(await receiveAll(client)).toMatchObject({ bytes: refusal.length, end: "fin" });
    client.end();
    expect(await relay.next("closed")).toMatchObject({ reason: "closed-by-owner", errno: 0 });
    await relay.engine.stop();
  });

  /** Gives every client these bytes and is done with it. */
  function startAnswering(answer: Buffer, handshakeTimeoutMs: number) {
    const relay = startEngine({ handshakeTimeoutMs }, (engine, event) => {
      if (event.type !== "accepted") return;
      engine.write(event.connection, "client", answer);
      engine.close(event.connection, "flush");
    });
    return { ...relay, ...relay.engine.listen({ address: "127.0.0.1", port: 0, mptcp: false }) };
  }

  it("flushes for as long as a slow client takes something", async () => {
    const answer = Buffer.alloc(3 << 20);
    const { engine, port, next } = startAnswering(answer, 500);
    expect(await readSlowly(port)).toEqual({ bytes: answer.length, end: "fin" });
    expect(await next("closed")).toMatchObject({ reason: "closed-by-owner", errno: 0 });
    await engine.stop();
  });

  it("resets a client that takes nothing for the handshake's time-out", async () => {
    const { engine, port, next } = startAnswering(Buffer.alloc(32 << 20), 300);
    const client = await dial(port);
    const start = performance.now();
    client.pause();
    client.write("x");
    expect(await next("closed")).toMatchObject({ reason: "closed-by-owner" });
    expect(performance.now() - start).toBeGreaterThan(290);
    expect(performance.now() - start).toBeLessThan(2500);
    client.destroy();
    await engine.stop();
  });

  it("resets when told to, and ignores ids that are stale or made up", async () => {
    const { engine, next, events } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("x");
    const received = receiveAll(client);
    const { connection } = await next("accepted");
    engine.close(connection, "reset");
    expect((await received).end).toBe("ECONNRESET");
    await next("closed");
    const count = events.length;
    for (const stale of [connection, 0, 1, 2 ** 52, Number.MAX_SAFE_INTEGER]) {
      engine.read(stale, "client");
      engine.write(stale, "upstream", Buffer.from("x"));
      engine.connect(stale, { ...loopback, port });
      engine.relay(stale);
      engine.close(stale, "flush");
    }
    await sleep(50);
    expect(events.length).toBe(count);
    const second = await dial(port);
    second.write("y");
    expect((await next("accepted", 2)).connection).not.toBe(connection);
    second.destroy();
    await engine.stop();
  });

  it("stops with a closed event for every session, and takes no more commands", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRelay({ upstreamPort: server.port });
    const clients = await Promise.all(Array.from({ length: 20 }, () => dial(relay.listener.port)));
    for (const client of clients) client.write("x");
    /* A reset right behind bytes would look like an end to Node. */
    await Promise.all(clients.map((client) => receive(client, 1)));
    const ends = clients.map((client) => receiveAll(client));
    await relay.engine.stop();
    expect(relay.all("closed").map((event) => event.reason)).toEqual(Array(20).fill("engine-stopped"));
    expect(new Set((await Promise.all(ends)).map((received) => received.end))).toEqual(new Set(["ECONNRESET"]));
    expect(relay.engine.stats()).toMatchObject({ accepted: 20 });
    expect(() => relay.engine.listen({ address: "127.0.0.1", port: 0, mptcp: false })).toThrow(
      expect.objectContaining({ code: "ESHUTDOWN" }),
    );
    relay.engine.relay(1);
    await relay.engine.stop();
    await server.close();
  });
});

describe("limits", () => {
  it("closes a client that does not get through the handshake, and one that says nothing at all", async () => {
    const { engine, next, all } = startEngine({ handshakeTimeoutMs: 300 });
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const start = performance.now();
    const [speaking, silent] = [await dial(port), await dial(port)];
    speaking.write("x");
    expect((await receiveAll(silent)).end).toBe("fin");
    const closed = await next("closed");
    expect(closed).toMatchObject({ reason: "handshake-timeout" });
    expect(performance.now() - start).toBeGreaterThan(290);
    expect(performance.now() - start).toBeLessThan(1500);
    expect(all("accepted")).toHaveLength(1);
    await waitFor("both to be closed", () => engine.stats().connections === 0);
    speaking.destroy();
    await engine.stop();
  });

  it("closes an idle session, and not one that trickles", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRelay({ upstreamPort: server.port, idleTimeoutMs: 400 });
    const [idle, busy] = [await dial(relay.listener.port), await dial(relay.listener.port)];
    busy.on("data", () => undefined);
    const ended = receiveAll(idle);
    idle.write("x");
    for (let i = 0; i < 15; i += 1) {
      busy.write("x");
      await sleep(80);
    }
    expect((await ended).end).toBe("ECONNRESET");
    expect(relay.all("closed")).toMatchObject([{ reason: "idle-timeout" }]);
    busy.destroy();
    await relay.engine.stop();
    await server.close();
  });

  it("gives up a connect after its time-out", async () => {
    const { engine, next } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("x");
    const { connection } = await next("accepted");
    const server = await startServer(() => undefined);
    await server.close();
    engine.connect(connection, { ...loopback, port: server.port });
    expect(await next("connect-failed")).toMatchObject({ code: "ECONNREFUSED" });
    const deaf = await startDeafPort();
    const start = performance.now();
    engine.connect(connection, { ...loopback, port: deaf.port, timeoutMs: 200 });
    expect(await next("connect-failed", 2)).toMatchObject({ code: "ETIMEDOUT" });
    expect(performance.now() - start).toBeGreaterThan(190);
    expect(performance.now() - start).toBeLessThan(1000);
    deaf.close();
    client.destroy();
    await engine.stop();
  });

  it("refuses what is beyond the allowed number of connections and counts it", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRelay({ upstreamPort: server.port, maxConnections: 3 });
    const clients = await Promise.all(Array.from({ length: 3 }, () => dial(relay.listener.port)));
    for (const client of clients) {
      client.write("x");
      await receive(client, 1);
    }
    const extra = await dial(relay.listener.port).then(receiveAll, (error) => ({ end: error.code }));
    expect(extra.end).toBe("ECONNRESET");
    await waitFor("the count", () => relay.engine.stats().refused === 1);
    clients[0]?.write("y");
    if (clients[0]) expect((await receive(clients[0], 1)).toString()).toBe("y");
    clients[1]?.destroy();
    await waitFor("room", () => relay.engine.stats().connections === 2);
    const fourth = await dial(relay.listener.port);
    fourth.write("z");
    expect((await receive(fourth, 1)).toString()).toBe("z");
    for (const client of [...clients, fourth]) client.destroy();
    await relay.engine.stop();
    await server.close();
  });

  it("returns every descriptor after stop", async () => {
    const before = await restingDescriptors();
    const { engine } = startEngine({ threads: 3 });
    engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    engine.listen({ address: "::1", port: 0, mptcp: true });
    await engine.stop();
    expect(countDescriptors()).toBe(before);
  });

  it("refuses arguments out of range before anything native sees them", () => {
    const bad = [
      { threads: 0 },
      { threads: 65 },
      { handshakeTimeoutMs: 0 },
      { idleTimeoutMs: -1 },
      { maxConnections: 0 },
    ];
    for (const options of bad)
      expect(() => startEngine(options)).toThrow(expect.objectContaining({ code: "MPTCP_BAD_ARGUMENT" }));
  });
});
