import { describe, expect, it } from "vitest";
import type { PathsReading } from "@/lib/mptcp";
import { sleep } from "@/lib/shared/sleep";
import { requireAbility } from "../factories/ability";
import { dial, makePayload, receive, startServer } from "./net-ends";
import { startRoute } from "./start-relay";

describe("readings of paths", () => {
  it.each(["client", "upstream"] as const)("say of the %s side what its counters say", async (side) => {
    const server = await startServer((socket) => socket.pipe(socket));
    const chain = startRoute("mptcp", server.port);
    const { engine, next, all } = side === "client" ? chain.proxy : chain.agent;
    const payload = makePayload(1_234_567);
    const client = await dial(chain.port);
    client.write(payload.bytes);
    await receive(client, payload.bytes.length);
    await sleep(100);
    engine.sample(1, null, [side]);
    const sample = (await next("sampled")).samples[0];
    engine.samplePaths(2, [sample?.connection ?? 0, 12_345], side);
    const { request, readings } = await next("paths");
    expect([request, readings.length, all("paths").length]).toEqual([2, 1, 1]);
    const [reading] = readings;
    const transport = sample?.[side];
    expect(reading).toMatchObject({ connection: sample?.connection, kind: "mptcp", token: transport?.token });
    expect(reading?.unsentBytes).toBe(0);
    const [path, subflow] = [reading?.paths[0], transport?.subflows[0]];
    expect(path).toMatchObject({
      id: subflow?.id,
      isEstablished: true,
      sentBytes: (subflow?.bytesSent ?? 0) - (subflow?.bytesRetrans ?? 0),
      ackedBytes: subflow?.bytesAcked,
      receivedBytes: subflow?.bytesReceived,
      notSentBytes: 0,
    });
    expect(path?.deliveredBytes).toBeGreaterThanOrEqual(payload.bytes.length);
    expect(path?.ends()).toEqual({ local: subflow?.local, remote: subflow?.remote });
    client.destroy();
    await chain.stop();
    await server.close();
  });

  it("name, where none is asked for, the connections that moved bytes since", async (context) => {
    requireAbility(context, "mptcp");
    const server = await startServer((socket) => socket.pipe(socket));
    const chain = startRoute("mptcp", server.port);
    const { engine, next } = chain.proxy;
    const clients = await Promise.all([dial(chain.port), dial(chain.port)]);
    for (const client of clients) {
      client.write("first");
      await receive(client, 5);
    }
    let asked = 0;
    const moved = async (): Promise<PathsReading[]> => {
      asked += 1;
      engine.samplePaths(asked, null, "client");
      return (await next("paths", asked)).readings;
    };
    expect(await moved()).toHaveLength(2);
    expect(await moved()).toHaveLength(0);
    clients[0]?.write("second");
    if (clients[0] !== undefined) await receive(clients[0], 6);
    const [only, ...rest] = await moved();
    expect(rest).toEqual([]);
    expect(only?.paths[0]?.ackedBytes).toBeGreaterThan(0);
    expect(await moved()).toHaveLength(0);
    for (const client of clients) client.destroy();
    await chain.stop();
    await server.close();
  });
});
