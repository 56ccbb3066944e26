import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { requireAbility } from "../factories/ability";
import { dial, receive, receiveAll, startServer } from "./net-ends";
import { bundleChild, runInNamespace } from "./run-child";
import { startRelay, waitFor } from "./start-relay";

/** Ten seconds without a byte taken, and the wheel's four. */
const limitMs = 20_000;

describe("a peer that is gone", () => {
  it("of MPTCP, whose kernel says nothing, does not keep the other side's bytes waiting", async () => {
    const server = await startServer((socket) => socket.once("data", () => socket.write("y")));
    const proxy = startRelay({ upstreamPort: server.port, isMptcpIn: true });
    const bundle = await bundleChild("process-child.ts");
    const agent = spawn(process.execPath, [bundle, "carry-by-mptcp", `${proxy.listener.port}`]);
    const [port] = (await once(createInterface({ input: agent.stdout }), "line")) as [string];
    const client = await dial(Number(port));
    client.write("x");
    await receive(client, 1);
    agent.kill("SIGKILL");
    const [upstream] = server.sockets;
    if (!upstream) throw new Error("the server saw no connection");
    await waitFor("the end of the upload", () => upstream.resume().readableEnded);
    upstream.write(Buffer.alloc(64 << 20));
    const closed = await waitFor("the session to end", () => proxy.all("closed")[0], limitMs);
    expect(closed).toMatchObject({ reason: "client-reset" });
    await waitFor("the reset to reach the server", () => upstream.destroyed);
    await proxy.engine.stop();
    await server.close();
  }, 40_000);

  it("is not taken for one that ended its direction and reads on, however late", async () => {
    const server = await startServer((socket) => socket.on("end", () => socket.end(Buffer.alloc(32 << 20))).resume());
    const proxy = startRelay({ upstreamPort: server.port, isMptcpIn: true });
    const agent = startRelay({ upstreamPort: proxy.listener.port, isMptcpOut: true });
    const client = await dial(agent.listener.port);
    client.end("x");
    await sleep(5000);
    expect(await receiveAll(client)).toMatchObject({ bytes: 32 << 20, end: "fin" });
    await agent.engine.stop();
    await proxy.engine.stop();
    await server.close();
  }, 40_000);

  it("is not taken for one whose every path is away for a while", async (context) => {
    requireAbility(context, "nft", "namespaces");
    const carried = await runInNamespace("outage-child.ts", "");
    expect(carried).toEqual({ bytes: 48 << 20, end: "fin", proxy: "finished" });
  }, 90_000);
});
