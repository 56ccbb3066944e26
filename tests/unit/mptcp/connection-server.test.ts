import { afterEach, expect, it } from "vitest";
import { mptcp } from "@/lib/mptcp";
import type { Connection } from "@/lib/mptcp/connection";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import { dial, receiveAll, startServer } from "@/tests/native/net-ends";
import { type StartedSessions, startSessions } from "../proxy/started-sessions";

let started: StartedSessions | null = null;
afterEach(() => started?.stop());

it("samples the connections of a running server, and none of a stopped one", async () => {
  started = await startSessions();
  const { server } = started;
  await started.open();
  expect(await server.sample(["client"])).toHaveLength(1);
  const asked = [server.sample(["client"]), server.sample(["client"])];
  await server.stop();
  await Promise.all(asked);
  expect(await server.sample(["client"])).toEqual([]);
});

it("makes a transparent connection known before it says a word, and relays it within a limit", async () => {
  const greeting = Buffer.alloc(120_000, "2");
  const upstream = await startServer((socket) => socket.end(greeting));
  let heard: (connection: Connection) => void = () => undefined;
  const served = new Promise<Connection>((resolve) => {
    heard = resolve;
  });
  const options = { threads: 1, handshakeTimeoutMs: 5000, idleTimeoutMs: 0, maxConnections: 10 };
  const server = new ConnectionServer(mptcp, { ...options, serve: heard });
  server.setRateLimit(1, { uploadBytesPerSecond: null, downloadBytesPerSecond: 200_000 });
  const { port } = server.listen({ address: "127.0.0.1", port: 0, mptcp: false, transparent: true });
  const client = await dial(port);
  const connection = await served;
  expect([null, connection.local]).toContainEqual(connection.originalDestination);
  const said = connection.read("client");
  client.write("hello");
  expect((await said)?.toString()).toBe("hello");
  connection.limit(1);
  await connection.connect({
    address: "127.0.0.1",
    port: upstream.port,
    localAddress: null,
    mptcp: false,
    timeoutMs: 1000,
  });
  const began = performance.now();
  connection.relay();
  client.end();
  expect(await receiveAll(client)).toMatchObject({ bytes: greeting.length, end: "fin" });
  expect(performance.now() - began).toBeGreaterThan(400);
  await connection.closed;
  connection.limit(null);
  server.dropRateLimit(1);
  await server.stop();
  await upstream.close();
});
