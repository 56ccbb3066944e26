import { describe, expect, it } from "vitest";
import type { FastOpenResult } from "./fast-open-child";
import { dial, receive, receiveAll, startServer } from "./net-ends";
import { runInNamespace } from "./run-child";
import { startEngine, waitFor } from "./start-relay";

const run = async (scenario: string): Promise<FastOpenResult> =>
  (await runInNamespace("fast-open-child.ts", scenario)) as FastOpenResult;
const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value);

describe("bytes given to go with the SYN", () => {
  it("do so over TCP from the second connection on, and none is lost or doubled", async () => {
    const result = await run("tcp 3");
    expect(result.connections).toEqual(times(5, { isWhole: true, kind: "tcp" }));
    expect([result.active, result.passive]).toEqual([4, 4]);
  });

  it.each([
    ["the server's kernel does not take them", "mptcp 1"],
    ["the client's kernel does not send them", "mptcp 2"],
  ])("leave after the handshake where %s", async (_, scenario) => {
    const result = await run(scenario);
    expect(result.connections).toEqual(times(5, { isWhole: true, kind: "mptcp" }));
    expect([result.active, result.passive]).toEqual([0, 0]);
  });
});

describe("connecting again while an upstream is in conversation", () => {
  it("ends with that upstream, drops what it was to get, and speaks with the new one only", async () => {
    const old = await startServer((socket) => {
      socket.write("no");
      socket.pause();
    });
    const other = await startServer((socket) => socket.pipe(socket));
    const { engine, next, all } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("x");
    const { connection } = await next("accepted");
    const target = { address: "127.0.0.1", localAddress: null, mptcp: false, timeoutMs: 5000 };
    engine.connect(connection, { ...target, port: old.port });
    await next("connected");
    engine.read(connection, "upstream");
    expect((await next("data")).data.toString()).toBe("no");
    engine.write(connection, "upstream", Buffer.alloc(20 << 20));
    await waitFor("some of it at the old server", () => (old.sockets[0]?.bytesRead ?? 0) > 0);
    engine.connect(connection, { ...target, port: other.port });
    await next("connected", 2);
    engine.write(connection, "upstream", Buffer.from("hello"));
    engine.read(connection, "upstream");
    expect((await next("data", 2)).data.toString()).toBe("hello");
    engine.relay(connection);
    client.write("again");
    expect((await receive(client, 5)).toString()).toBe("again");
    engine.connect(connection, { ...target, port: other.port });
    expect(await next("connect-failed")).toMatchObject({ code: "EISCONN" });
    const left = await waitFor("the old server's socket", () => old.sockets[0]);
    const received = receiveAll(left);
    left.resume();
    expect((await received).bytes).toBeLessThan(20 << 20);
    expect(all("closed")).toEqual([]);
    client.destroy();
    await engine.stop();
    await old.close();
    await other.close();
  });
});
