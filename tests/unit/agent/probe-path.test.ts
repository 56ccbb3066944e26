import { expect, it, vi } from "vitest";
import { probePath } from "@/lib/agent/paths/probe-path";
import { freePort } from "../../factories/free-port";
import { startDeafPort, startServer } from "../../native/net-ends";

const address = "127.0.0.1";
const openSockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;

it("says how long the proxy took, or why it cannot be asked", async () => {
  const server = await startServer(() => {});
  expect(await probePath({ address, port: server.port }, "127.0.0.2")).toEqual({ rttMs: expect.any(Number) });
  await server.close();
  const barred = await probePath({ address, port: await freePort() }, undefined);
  expect(barred).toEqual({ reason: "the proxy cannot be asked (ECONNREFUSED)", isFinal: true });
});

it("leaves no socket behind where nothing answers", async () => {
  const deaf = await startDeafPort();
  const before = openSockets();
  expect(await probePath({ address, port: deaf.port }, undefined)).toEqual({ reason: "no answer", isFinal: false });
  await vi.waitFor(() => expect(openSockets()).toBe(before), 500);
  deaf.close();
});
