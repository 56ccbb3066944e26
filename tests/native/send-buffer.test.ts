import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { dial, startServer } from "./net-ends";
import { startEngine, startRoute } from "./start-relay";

const chunk = Buffer.alloc(64 << 10);

describe.each(["tcp", "mptcp"] as const)("a bound of the send buffer over %s", (route) => {
  /** What the relay gives to a client that reads nothing. */
  async function bytesTaken(bound: number): Promise<number> {
    const server = await startServer((socket) => {
      const pour = () => {
        while (socket.writable && socket.write(chunk));
      };
      socket.once("data", pour);
      socket.on("drain", pour);
    });
    const relay = startRoute(route, server.port, {
      onEvent: (event) => {
        if (event.type !== "accepted" || event.local.port !== relay.proxy.listener.port) return;
        relay.proxy.engine.boundSendBuffer(event.connection, "client", bound);
      },
    });
    const client = await dial(relay.port);
    client.pause();
    client.write("x");
    await sleep(500);
    relay.proxy.engine.sample(1, null, []);
    const { samples } = await relay.proxy.next("sampled");
    client.destroy();
    await relay.stop();
    await server.close();
    return samples[0]?.downloadBytes ?? 0;
  }

  it("holds for what the kernel takes", async () => {
    const [few, many] = [await bytesTaken(64 << 10), await bytesTaken(16 << 20)];
    expect(few).toBeGreaterThan(0);
    expect(many - few).toBeGreaterThan(4 << 20);
  });
});

it("is refused where it is no number of bytes, and ignored for a connection that is gone", async () => {
  const { engine } = startEngine();
  expect(() => engine.boundSendBuffer(1, "client", 0)).toThrow(/bytes/);
  expect(() => engine.boundSendBuffer(1, "client", 2 ** 31)).toThrow(/bytes/);
  engine.boundSendBuffer(1, "upstream", 100_000);
  await engine.stop();
});
