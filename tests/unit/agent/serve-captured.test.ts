import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AgentParts } from "@/lib/agent/agent-parts";
import { ConvertUse } from "@/lib/agent/convert-use";
import { RefusedDestinations, serveCaptured } from "@/lib/agent/serve-captured";
import { mptcp } from "@/lib/mptcp";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import { agentParts } from "../../factories/agent-front";
import { collectedLog } from "../../factories/collected-log";
import { freePort } from "../../factories/free-port";
import { type StartedServer, startServer } from "../../native/net-ends";

const { log } = collectedLog();
const undos: (() => Promise<void> | void)[] = [];
let content: StartedServer;

beforeEach(async () => {
  content = await startServer((socket) => socket.once("data", (bytes) => socket.end(`direct ${bytes}`)));
  undos.push(content.close);
});
afterEach(async () => {
  for (const undo of undos.splice(0).reverse()) await undo();
});

/** An agent in whose way every program wants to the content, which is white-listed; gives what a program gets. */
function startCapturing(proxyPort: number, changes: Partial<AgentParts> = {}): (says: string) => Promise<string> {
  const usesProxy = (): boolean => true;
  const shared = agentParts(proxyPort, { policy: { usesProxy }, log, ...changes });
  const parts = { ...shared, choose: () => "video.example", refused: new RefusedDestinations() };
  const server = new ConnectionServer(mptcp, {
    threads: 1,
    handshakeTimeoutMs: 5000,
    idleTimeoutMs: 0,
    maxConnections: 100,
    serve: (connection) => void serveCaptured(connection, parts, { address: "127.0.0.1", port: content.port }),
  });
  undos.push(() => server.stop());
  const { port } = server.listen({ address: "127.0.0.1", port: 0, mptcp: false, transparent: true });
  return async (says) => {
    const program = connect(port, "127.0.0.1");
    program.write(says);
    return text(program).catch((error: NodeJS.ErrnoException) => error.code ?? "");
  };
}

/** A proxy that does this once it was asked. */
async function proxyThat(acts: (socket: Socket) => void): Promise<number> {
  const server = await startServer((socket) => socket.once("data", () => acts(socket)));
  undos.push(server.close);
  return server.port;
}

it("goes direct where the proxy is not reached, ends or resets, with nothing of it counted for the proxy", async () => {
  const ending = await proxyThat((socket) => socket.end());
  const resetting = await proxyThat((socket) => socket.resetAndDestroy());
  for (const port of [await freePort(), ending, resetting]) {
    const steps: string[] = [];
    const ask = startCapturing(port, {
      reached: () => void steps.push("reached"),
      leaving: async () => void steps.push("left"),
    });
    expect(await ask("hello")).toBe("direct hello");
    expect(steps.at(-1)).toBe("left");
  }
});

it("goes direct where the proxy broke off with its first bytes, if these may arrive twice", async () => {
  const beginningConvert = await proxyThat((socket) => socket.end(Buffer.from([1, 2])));
  const ask = startCapturing(beginningConvert, { convert: new ConvertUse(log) });
  expect(await ask("GET / HTTP/1.1\r\n\r\n")).toBe("direct GET / HTTP/1.1\r\n\r\n");
  expect(await ask("POST / HTTP/1.1\r\n\r\n")).toBe("ECONNRESET");
  expect(content.sockets).toHaveLength(1);
});
