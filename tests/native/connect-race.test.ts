import { afterEach, describe, expect, it } from "vitest";
import { mptcp } from "@/lib/mptcp";
import type { Connection } from "@/lib/mptcp/connection";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import { dial, receive, type StartedServer, startDeafPort, startServer } from "./net-ends";
import { countDescriptors, restingDescriptors, waitFor } from "./start-relay";

/** At the deaf port of 127.0.0.1 nobody answers, at that of 127.0.0.2 a server echoes, at that of 127.0.0.3 is nobody. */
const [deaf, live, nobody] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];

const undos: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of undos.splice(0).reverse()) await undo();
});

type Net = { port: number; server: StartedServer; client: Awaited<ReturnType<typeof dial>>; connection: Connection };

async function start(): Promise<Net> {
  const { port, close } = await startDeafPort();
  undos.push(close);
  const server = await startServer((socket) => socket.pipe(socket), live, port);
  undos.push(server.close);
  let heard: (connection: Connection) => void = () => undefined;
  const served = new Promise<Connection>((resolve) => {
    heard = resolve;
  });
  const engine = new ConnectionServer(mptcp, {
    threads: 1,
    handshakeTimeoutMs: 5000,
    idleTimeoutMs: 0,
    maxConnections: 10,
    serve: heard,
  });
  undos.push(() => engine.stop());
  const client = await dial(engine.listen({ address: "127.0.0.1", port: 0, mptcp: false }).port);
  undos.push(() => void client.destroy());
  client.write("hello");
  return { port, server, client, connection: await served };
}

const target = (port: number, timeoutMs = 3000) => ({ port, localAddress: null, mptcp: false, timeoutMs });

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now();
  const result = await work;
  return { result, ms: performance.now() - began };
}

describe("dialling several addresses", () => {
  it("goes on to the next one where one does not answer, and relays to it", async () => {
    const { port, client, connection } = await start();
    const { result, ms } = await timed(connection.connectFirst([deaf, live, nobody], target(port)));
    expect(result.remote).toEqual({ address: live, port });
    expect(ms).toBeGreaterThanOrEqual(240);
    expect(ms).toBeLessThan(1000);
    const said = await connection.read("client");
    if (said !== null) connection.write("upstream", said);
    connection.relay();
    expect((await receive(client, 5)).toString()).toBe("hello");
    client.write("more");
    expect((await receive(client, 4)).toString()).toBe("more");
  });

  it("goes on at once where one refuses", async () => {
    const { port, connection } = await start();
    const { result, ms } = await timed(connection.connectFirst([nobody, live], target(port), null, 2000));
    expect(result.remote.address).toBe(live);
    expect(ms).toBeLessThan(1000);
  });

  it.each([
    ["refuses", nobody],
    ["does not answer", deaf],
    ["cannot be dialled at all", "255.255.255.255"],
  ])("answers the client and relays by itself, also where the first one %s", async (_, first) => {
    const { port, client, connection } = await start();
    const said = await connection.read("client");
    const answer = Buffer.from("go on");
    let remote = "";
    const target = { port, localAddress: null, mptcp: false, timeoutMs: 3000, answer };
    await connection.connectFirst([first, live], target, (connected) => {
      remote = connected.remote.address;
      if (said !== null) connection.write("upstream", said);
    });
    expect(remote).toBe(live);
    expect((await receive(client, 10)).toString()).toBe("go onhello");
    client.write("more");
    expect((await receive(client, 4)).toString()).toBe("more");
  });

  it("keeps the first one where it answers in time, and dials no other", async () => {
    const { port, server, connection } = await start();
    const { result } = await timed(connection.connectFirst([live, live], target(port), null, 100));
    expect(result.remote.address).toBe(live);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(server.sockets).toHaveLength(1);
  });

  it("fails as the last attempt does", async () => {
    const { port, connection } = await start();
    await expect(connection.connectFirst([nobody, nobody], target(port))).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
    await expect(connection.connectFirst([deaf, nobody, deaf], target(port, 600), null, 100)).rejects.toMatchObject({
      code: "ETIMEDOUT",
    });
    const { result } = await timed(connection.connectFirst([deaf, live], target(port), null, 100));
    expect(result.remote.address).toBe(live);
  });

  it("leaves no socket behind: of who lost, of who fails, of a client that leaves meanwhile", async () => {
    const { port, connection, client } = await start();
    const before = await restingDescriptors();
    await connection.connectFirst([deaf, deaf, live, deaf], target(port), null, 50);
    connection.hangUp();
    await expect(connection.connectFirst([deaf, deaf], target(port, 300), null, 50)).rejects.toMatchObject({
      code: "ETIMEDOUT",
    });
    await waitFor("the losers were closed", () => countDescriptors() <= before);
    const last = connection.connectFirst([deaf, deaf, deaf], target(port), null, 50);
    await new Promise((resolve) => setTimeout(resolve, 120));
    connection.close("reset");
    await expect(last).rejects.toMatchObject({ code: "CONNECTION_GONE" });
    client.destroy();
    await waitFor("all was closed", () => countDescriptors() < before);
  });
});
