import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { dial, makePayload, receive, receiveAll, startServer } from "./net-ends";
import { runChild } from "./run-child";
import { readSlowly } from "./slow-reader";
import { countDescriptors, startEngine, startRoute, waitFor } from "./start-relay";

describe.each(["tcp", "mptcp"] as const)("relay over %s", (route) => {
  it("echoes megabytes whole in both directions and ends with FIN", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRoute(route, server.port);
    const payload = makePayload(24 << 20);
    const client = await dial(relay.port);
    const received = receiveAll(client);
    client.end(payload.bytes);
    expect(await received).toEqual({ bytes: payload.bytes.length, sha256: payload.sha256, end: "fin" });
    expect(await relay.agent.next("closed")).toMatchObject({ reason: "finished", errno: 0 });
    expect(await relay.proxy.next("closed")).toMatchObject({ reason: "finished", errno: 0 });
    await relay.stop();
    await server.close();
  });

  it("keeps the download going after the client has ended its half", async () => {
    const server = await startServer((socket) => {
      socket.on("data", () => undefined);
      socket.on("end", () => void sleep(50).then(() => socket.end(Buffer.alloc(5 << 20, 7))));
    });
    const relay = startRoute(route, server.port);
    const client = await dial(relay.port);
    client.end("all that the client says");
    expect(await receiveAll(client)).toMatchObject({ bytes: 5 << 20, end: "fin" });
    expect(await relay.agent.next("closed")).toMatchObject({ reason: "finished" });
    await relay.stop();
    await server.close();
  });

  it("keeps the upload going after the server has ended its half", async () => {
    const payload = makePayload(5 << 20);
    const server = await startServer((socket) => socket.end("bye"));
    const relay = startRoute(route, server.port);
    const client = await dial(relay.port);
    client.write("x");
    expect(await receiveAll(client)).toMatchObject({ bytes: 3, end: "fin" });
    const [upstream] = server.sockets;
    if (!upstream) throw new Error("the server saw no connection");
    const uploaded = receiveAll(upstream);
    client.end(payload.bytes);
    expect(await uploaded).toMatchObject({ bytes: payload.bytes.length + 1, end: "fin" });
    expect(await relay.agent.next("closed")).toMatchObject({ reason: "finished" });
    await relay.stop();
    await server.close();
  });

  it("hands a reset of the server on to the client as a reset, never as an end", async () => {
    const server = await startServer((socket) => {
      socket.write(Buffer.alloc(100_000));
      socket.once("data", () => void sleep(50).then(() => socket.resetAndDestroy()));
    });
    const relay = startRoute(route, server.port);
    const client = await dial(relay.port);
    client.write("x");
    expect((await receiveAll(client)).end).toBe("ECONNRESET");
    expect(await relay.proxy.next("closed")).toMatchObject({ reason: "upstream-reset" });
    expect(await relay.agent.next("closed")).toMatchObject({ reason: "upstream-reset" });
    await relay.stop();
    await server.close();
  });

  it("hands a reset of the client on to the server, also while nothing moves", async () => {
    const server = await startServer((socket) => socket.write("hello"));
    const relay = startRoute(route, server.port);
    const client = await dial(relay.port);
    client.write("x");
    await receive(client, 5);
    const [upstream] = server.sockets;
    if (!upstream) throw new Error("the server saw no connection");
    const received = receiveAll(upstream);
    client.resetAndDestroy();
    expect((await received).end).toBe("ECONNRESET");
    expect(await relay.agent.next("closed")).toMatchObject({ reason: "client-reset" });
    expect(await relay.proxy.next("closed")).toMatchObject({ reason: "client-reset" });
    await relay.stop();
    await server.close();
  });

  it("delivers an early answer whole although the server refuses the rest of the upload", async () => {
    const answer = makePayload(3 << 20);
    const server = await startServer((socket) => {
      socket.once("data", () => {
        socket.end(answer.bytes);
        socket.once("finish", () => void sleep(100).then(() => socket.destroy()));
      });
      socket.pause();
      setTimeout(() => socket.resume(), 20);
    });
    const relay = startRoute(route, server.port);
    const client = await dial(relay.port);
    client.write(Buffer.alloc(1000));
    const received = receiveAll(client);
    expect(await received).toMatchObject({ bytes: answer.bytes.length, sha256: answer.sha256, end: "fin" });
    client.destroy();
    await relay.agent.next("closed");
    await relay.stop();
    await server.close();
  });

  it("passes on what the server sent before it broke, although the upload notices first", async () => {
    const server = await startServer((socket) => {
      socket.pause();
      socket.write(Buffer.alloc(40 << 20));
      setTimeout(() => socket.resetAndDestroy(), 150);
    });
    const relay = startRoute(route, server.port);
    /* Not a Node client: libuv takes a reset that it meets behind a part of the data for an end. */
    const script = [
      "import socket, sys, time",
      "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))",
      "s.send(b'x'); time.sleep(0.25)",
      "s.send(bytes(100000)); time.sleep(0.1)",
      "try:",
      "  while s.recv(65536): pass",
      "  print('end')",
      "except ConnectionResetError: print('reset')",
    ].join("\n");
    const client = await runChild(["python3", "-c", script, `${relay.port}`], { timeoutMs: 5000 });
    expect(client.stdout).toBe("reset\n");
    const { last, reason } = await relay.proxy.next("closed");
    expect(reason).toBe("upstream-reset");
    expect(last.downloadBytes).toBe(last.upstream?.bytesReceived);
    expect(last.downloadBytes).toBeGreaterThan(100_000);
    await relay.stop();
    await server.close();
  });

  it("gives a slow client all that the server had sent before it broke, then the reset", async () => {
    const server = await startServer((socket) => {
      socket.write(Buffer.alloc(1 << 20));
      setTimeout(() => socket.resetAndDestroy(), 300);
    });
    const relay = startRoute(route, server.port);
    expect(await readSlowly(relay.port)).toEqual({ bytes: 1 << 20, end: "reset" });
    expect(await relay.proxy.next("closed")).toMatchObject({ reason: "upstream-reset" });
    expect(await relay.agent.next("closed")).toMatchObject({ reason: "upstream-reset" });
    await relay.stop();
    await server.close();
  });

  it("sees the end of a server that speaks first and ends at once, each time", async () => {
    const server = await startServer((socket) => socket.resume().end("bye"));
    const relay = startRoute(route, server.port);
    for (let i = 0; i < 300; i += 1) {
      const client = await dial(relay.port);
      client.end("x");
      expect(await receiveAll(client)).toMatchObject({ bytes: 3, end: "fin" });
    }
    await relay.agent.next("closed", 300);
    await relay.stop();
    await server.close();
  });

  it("gives a slow reader every byte and holds little meanwhile", async () => {
    const payload = makePayload(48 << 20);
    const server = await startServer((socket) => socket.end(payload.bytes));
    const relay = startRoute(route, server.port);
    const client = await dial(relay.port);
    client.write("x");
    const received = receiveAll(client, 1);
    expect(await received).toEqual({ bytes: payload.bytes.length, sha256: payload.sha256, end: "fin" });
    client.end();
    const closed = await relay.agent.next("closed");
    expect(closed.last.downloadBytes).toBe(payload.bytes.length);
    await relay.stop();
    await server.close();
  });

  it("carries many sessions at once and gives every descriptor back", async () => {
    const before = countDescriptors();
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRoute(route, server.port);
    const payload = makePayload(300_000);
    const results = await Promise.all(
      Array.from({ length: 150 }, async () => {
        const client = await dial(relay.port);
        const received = receiveAll(client);
        client.end(payload.bytes);
        return received;
      }),
    );
    expect(new Set(results.map((result) => `${result.sha256} ${result.end}`))).toEqual(
      new Set([`${payload.sha256} fin`]),
    );
    await waitFor("every session to end", () => relay.agent.all("closed").length === 150);
    await waitFor("the engine to be empty", () => relay.proxy.engine.stats().connections === 0);
    expect(relay.agent.engine.stats()).toMatchObject({ accepted: 150, relaying: 0, refused: 0 });
    await relay.stop();
    await server.close();
    await waitFor("the descriptors to come back", () => countDescriptors() <= before);
  });

  it("answers at once while others move bulk", async () => {
    const server = await startServer((socket) => {
      socket.on("data", (data) => {
        if (data[0] === 1) socket.write(data);
        else for (let i = 0; i < 64; i += 1) socket.write(Buffer.alloc(1 << 20));
      });
    });
    const relay = startRoute(route, server.port);
    const bulk = await Promise.all(Array.from({ length: 8 }, () => dial(relay.port)));
    for (const client of bulk) {
      client.on("data", () => undefined);
      client.write(Buffer.from([2]));
    }
    const client = await dial(relay.port);
    const times: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      const start = performance.now();
      client.write(Buffer.from([1]));
      await receive(client, 1);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    /* The median of a ping beside 8 saturating downloads, all of them and Node itself on the same cores. */
    expect(times[10]).toBeLessThan(250);
    for (const socket of [...bulk, client]) socket.destroy();
    await relay.stop();
    await server.close();
  });

  it("reports an unreachable upstream", async () => {
    const server = await startServer(() => undefined);
    await server.close();
    const relay = startRoute(route, server.port);
    const client = await dial(relay.port);
    const received = receiveAll(client);
    client.write("x");
    const failed = await relay.proxy.next("connect-failed");
    expect(failed).toMatchObject({ code: "ECONNREFUSED" });
    expect((await received).end).toBe("ECONNRESET");
    await relay.stop();
  });
});

describe("a server that breaks while the client is in conversation", () => {
  it("is read to its last byte, although a chunk for it is refused first", async () => {
    const server = await startServer((socket) => {
      socket.pause();
      socket.write(Buffer.alloc(40 << 20));
      setTimeout(() => socket.resetAndDestroy(), 150);
    });
    const target = { address: "127.0.0.1", port: server.port, localAddress: null, mptcp: false, timeoutMs: 3000 };
    const relay = startEngine({}, (engine, event) => {
      if (event.type === "accepted") engine.connect(event.connection, target);
      if (event.type === "connected") engine.relay(event.connection, { uploadLimitBytes: 0 });
      if (event.type === "upload-limit")
        setTimeout(() => engine.write(event.connection, "upstream", Buffer.from("chunk")), 250);
    });
    const { port } = relay.engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const { bytes, end } = await readSlowly(port, { waitMs: 400, turnBytes: 1 << 20 });
    const { last, reason } = await relay.next("closed");
    expect([end, reason]).toEqual(["reset", "upstream-reset"]);
    expect(bytes).toBeGreaterThan(100_000);
    expect([last.downloadBytes, last.upstream?.bytesReceived]).toEqual([bytes, bytes]);
    await relay.engine.stop();
    await server.close();
  });
});

describe("threads", () => {
  it("share sessions that arrive one after another on a quiet machine", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRoute("tcp", server.port, { threads: 2 });
    const clients = [];
    for (let i = 0; i < 40; i += 1) {
      const client = await dial(relay.port);
      client.write("x");
      await receive(client, 1);
      clients.push(client);
    }
    /* The thread is the highest part of the id (native/connection.h). */
    const onFirst = relay.agent.all("accepted").filter((event) => event.connection < 2 ** 47).length;
    expect(onFirst).toBeGreaterThanOrEqual(12);
    expect(onFirst).toBeLessThanOrEqual(28);
    for (const client of clients) client.destroy();
    await relay.stop();
    await server.close();
  });
});

describe("listening", () => {
  it("serves IPv4 clients on an IPv6 listener and shows them as IPv4", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRoute("tcp", server.port, { listenAddress: "::" });
    const client = await dial(relay.port);
    client.write("x");
    const accepted = await relay.agent.next("accepted");
    expect(accepted.peer).toEqual({ address: "127.0.0.1", port: client.localPort });
    expect(accepted.local).toEqual({ address: "127.0.0.1", port: relay.port });
    client.destroy();
    const six = await dial(relay.port, "::1");
    six.write("x");
    expect((await relay.agent.next("accepted", 2)).peer.address).toBe("::1");
    six.destroy();
    await relay.stop();
    await server.close();
  });

  it("stops accepting when a listener is closed, and frees the port, while sessions go on", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRoute("tcp", server.port);
    const client = await dial(relay.port);
    client.write("a");
    await receive(client, 1);
    relay.agent.engine.closeListener(relay.agent.listener.id);
    await expect(dial(relay.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const again = relay.agent.engine.listen({ address: "127.0.0.1", port: relay.port, mptcp: true });
    expect(again.port).toBe(relay.port);
    client.write("b");
    expect((await receive(client, 1)).toString()).toBe("b");
    const second = await dial(relay.port);
    second.write("c");
    expect((await receive(second, 1)).toString()).toBe("c");
    client.destroy();
    second.destroy();
    await relay.stop();
    await server.close();
  });

  it("names what the kernel refused", async () => {
    const server = await startServer(() => undefined);
    const relay = startRoute("tcp", server.port);
    const taken = () => relay.agent.engine.listen({ address: "127.0.0.1", port: server.port, mptcp: false });
    expect(taken).toThrow(expect.objectContaining({ code: "EADDRINUSE", syscall: "listen", errno: 98 }));
    const foreign = () => relay.agent.engine.listen({ address: "192.0.2.1", port: 0, mptcp: false });
    expect(foreign).toThrow(expect.objectContaining({ code: "EADDRNOTAVAIL" }));
    const name = () => relay.agent.engine.listen({ address: "localhost", port: 0, mptcp: false });
    expect(name).toThrow(expect.objectContaining({ code: "MPTCP_BAD_ARGUMENT" }));
    await relay.stop();
    await server.close();
  });

  it("binds the source address it was told", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRoute("tcp", server.port, { localAddress: "127.0.0.9" });
    const client = await dial(relay.port);
    client.write("x");
    const connected = await relay.agent.next("connected");
    expect(connected.local.address).toBe("127.0.0.9");
    await waitFor("the server's view", () => server.sockets[0]?.remoteAddress === "127.0.0.9");
    client.destroy();
    await once(client, "close");
    await relay.stop();
    await server.close();
  });
});
