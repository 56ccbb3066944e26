import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { ConnectionSample, RelayEvent, TransportSample } from "@/lib/mptcp";
import { mptcp } from "@/lib/mptcp";
import { requireAbility } from "@/tests/factories/ability";
import { dial, makePayload, receive, receiveAll, startServer } from "./net-ends";
import { runInNamespace } from "./run-child";
import { startEngine, startRelay, startRoute, waitFor } from "./start-relay";

/** What the subflows carried: each byte once for every subflow it was given to. */
function carried(transport: TransportSample | null | undefined): { sent: number; received: number } {
  let [sent, received] = [0, 0];
  for (const subflow of transport?.subflows ?? []) {
    sent += subflow.bytesSent - subflow.bytesRetrans;
    received += subflow.bytesReceived;
  }
  return { sent, received };
}

/** MPTCP probes a closed window with one byte that only the subflow counts; few occur in these short transfers. */
const maxWindowProbes = 64;

/** Σ subflows = the connection's bytes, plus those that MPTCP gave to a subflow a second time. */
function expectBalance(transport: TransportSample | null | undefined): void {
  const counted = (transport?.bytesSent ?? 0) + (transport?.bytesRetrans ?? 0);
  expect(carried(transport).sent).toBeGreaterThanOrEqual(counted);
  expect(carried(transport).sent).toBeLessThanOrEqual(counted + maxWindowProbes);
  expect(carried(transport).received).toBeGreaterThanOrEqual(transport?.bytesReceived ?? 0);
}

describe("how a socket really speaks", () => {
  it("finds what this kernel offers", () => {
    expect(mptcp.probe()).toEqual({ hasMptcp: true, reason: null, hasFullInfo: true, hasPathManager: true });
  });

  it("tells MPTCP, a client that never asked, and a fallback apart", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const chain = startRoute("mptcp", server.port);
    const viaMptcp = await dial(chain.port);
    viaMptcp.write("x");
    expect((await chain.proxy.next("accepted")).kind).toBe("mptcp");
    expect((await chain.agent.next("connected")).kind).toBe("mptcp");
    const plain = await dial(chain.proxy.listener.port);
    plain.write("x");
    expect((await chain.proxy.next("accepted", 2)).kind).toBe("tcp");
    const asking = startRelay({ upstreamPort: server.port, isMptcpOut: true });
    const fallen = await dial(asking.listener.port);
    fallen.write("x");
    expect((await asking.next("connected")).kind).toBe("tcp-fallback");
    await receive(fallen, 1);
    asking.engine.sample(1, null, ["upstream"]);
    const [sample] = (await asking.next("sampled")).samples;
    expect(sample?.client).toBeNull();
    expect(sample?.upstream).toMatchObject({ kind: "tcp-fallback", token: 0, bytesSent: 1, bytesReceived: 1 });
    expect(sample?.upstream?.subflows).toHaveLength(1);
    for (const socket of [viaMptcp, plain, fallen]) socket.destroy();
    await asking.engine.stop();
    await chain.stop();
    await server.close();
  });
});

describe("counters", () => {
  it("agree: relayed, connection and subflow bytes, while open and in the closed event", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const chain = startRoute("mptcp", server.port);
    const payload = makePayload(7_654_321);
    const client = await dial(chain.port);
    client.write("x");
    await receive(client, 1);
    client.write(payload.bytes);
    await receive(client, payload.bytes.length);
    chain.proxy.engine.sample(5, null, ["client", "upstream"]);
    const { request, samples } = await chain.proxy.next("sampled");
    expect([request, samples.length]).toEqual([5, 1]);
    const total = payload.bytes.length + 1;
    const check = (sample: ConnectionSample | undefined) => {
      expect(sample).toMatchObject({ uploadBytes: total - 1, downloadBytes: total });
      expect(sample?.client).toMatchObject({ kind: "mptcp", bytesSent: total, bytesReceived: total });
      expect(sample?.client?.token).toBeGreaterThan(0);
      expect(sample?.upstream).toMatchObject({ kind: "tcp", bytesSent: total, bytesReceived: total, token: 0 });
      expectBalance(sample?.client);
    };
    check(samples[0]);
    client.end();
    await receiveAll(client);
    check((await chain.proxy.next("closed")).last);
    expect(chain.proxy.engine.stats()).toMatchObject({ uploadBytes: total - 1, downloadBytes: total });
    await chain.stop();
    await server.close();
  });

  it("are exact over two paths, and keep the subflows of an ended connection", async (context) => {
    requireAbility(context, "namespaces");
    const result = (await runInNamespace("namespace-child.ts", "two-paths")) as {
      open: ConnectionSample;
      last: ConnectionSample;
      reset: ConnectionSample;
      relayedBytes: number;
    };
    const client = result.open.client;
    expect(client?.subflows.map((subflow) => subflow.remote.address).sort()).toEqual(["10.7.0.1", "10.7.0.2"]);
    expectBalance(client);
    expect(client?.bytesSent).toBe(result.relayedBytes);
    expect(result.last.downloadBytes).toBe(result.relayedBytes);
    expect(result.last.client?.bytesSent).toBe(result.relayedBytes);
    expect(result.last.client?.subflows).toHaveLength(2);
    expectBalance(result.last.client);
    expect(result.reset.client?.kind).toBe("mptcp");
  });
});

describe("sampling", () => {
  it("answers every request once under load, never goes back, and never shows an ended connection", async () => {
    const server = await startServer((socket) => {
      socket.on("data", () => undefined);
      const timer = setInterval(() => socket.writableNeedDrain || socket.write(Buffer.alloc(100_000)), 1);
      socket.on("close", () => clearInterval(timer));
    });
    const ended = new Set<number>();
    const known = new Set<number>();
    const last = new Map<number, number>();
    const faults: string[] = [];
    const answered: number[] = [];
    const onEvent = (event: RelayEvent) => {
      if (event.type === "accepted") known.add(event.connection);
      if (event.type === "closed") ended.add(event.connection);
      if (event.type !== "sampled") return;
      answered.push(event.request);
      for (const { connection, downloadBytes } of event.samples) {
        if (ended.has(connection)) faults.push(`${connection} had ended`);
        if (!known.has(connection)) faults.push(`${connection} was unknown`);
        if (downloadBytes < (last.get(connection) ?? 0)) faults.push(`${connection} went back`);
        last.set(connection, downloadBytes);
      }
    };
    const relay = startRelay({ upstreamPort: server.port, isMptcpIn: true, threads: 3, onEvent });
    let requests = 0;
    const timer = setInterval(() => relay.engine.sample(requests++, null, ["client", "upstream"]), 2);
    for (let round = 0; round < 20; round += 1) {
      const clients = await Promise.all(Array.from({ length: 10 }, () => dial(relay.listener.port)));
      for (const client of clients) {
        client.on("data", () => undefined);
        client.write("x");
      }
      await sleep(20);
      for (const client of clients) client.destroy();
    }
    clearInterval(timer);
    await waitFor("every request to be answered", () => relay.all("sampled").length === requests);
    expect(faults).toEqual([]);
    expect([...answered].sort((a, b) => a - b)).toEqual(Array.from({ length: requests }, (_, index) => index));
    await relay.engine.stop();
    await server.close();
  });

  it("samples what was asked for: one connection, one side", async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRelay({ upstreamPort: server.port });
    for (let i = 0; i < 3; i += 1) (await dial(relay.listener.port)).write("x");
    const { connection } = await relay.next("connected", 3);
    relay.engine.sample(9, [connection, 12345], ["client"]);
    const { samples } = await relay.next("sampled");
    expect(samples).toMatchObject([{ connection, upstream: null, client: { kind: "tcp" } }]);
    relay.engine.sample(10, [], ["client"]);
    expect((await relay.next("sampled", 2)).samples).toEqual([]);
    await relay.engine.stop();
    await server.close();
  });

  it("answers at once where there is nothing", async () => {
    const { engine, next } = startEngine();
    engine.sample(3, null, ["client", "upstream"]);
    expect(await next("sampled")).toEqual({ type: "sampled", request: 3, samples: [] });
    await engine.stop();
  });
});
