import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ListenerBox, mptcp } from "@/lib/mptcp";
import { countDescriptors, restingDescriptors, type StartedRelay, startRelay, waitFor } from "./start-relay";

let folder: string;
let boxPath: string;
let upstream: Server;
let started: StartedRelay[];
let box: ListenerBox | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handover-"));
  boxPath = join(folder, "box.sock");
  upstream = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end("word")));
  await new Promise<void>((done) => upstream.listen(0, "127.0.0.1", done));
  started = [];
  box = null;
});
afterEach(async () => {
  box?.close();
  await Promise.all(started.map(({ engine }) => engine.stop()));
  upstream.close();
  await rm(folder, { recursive: true, force: true });
});

function relay(isMptcpIn: boolean): StartedRelay {
  const { port } = upstream.address() as AddressInfo;
  const made = startRelay({ upstreamPort: port, isMptcpIn });
  started.push(made);
  return made;
}

async function ask(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write("?");
  return text(socket).catch((error: NodeJS.ErrnoException) => error.code ?? "failed");
}

describe("a listening socket", () => {
  for (const isMptcp of [false, true])
    it(`is another engine's as well once given, and its alone once left (${isMptcp ? "MPTCP" : "TCP"})`, async () => {
      const [giver, taker] = [relay(isMptcp), relay(isMptcp)];
      const { port, id } = giver.listener;
      box = mptcp.openListenerBox(boxPath);
      giver.engine.giveListener(id, boxPath);
      const adopted = taker.engine.adoptListener(box, isMptcp);
      expect(adopted).toMatchObject({ address: "127.0.0.1", port, mptcp: isMptcp });
      giver.engine.leaveListener(id);
      // The threads leave the line a moment later; until then either engine may accept.
      for (let before = -1; before !== giver.engine.stats().accepted; await sleep(20)) {
        before = giver.engine.stats().accepted;
        expect(await Promise.all(Array.from({ length: 20 }, () => ask(port)))).toEqual(Array(20).fill("word"));
      }
      const { accepted } = giver.engine.stats();
      expect(await Promise.all(Array.from({ length: 50 }, () => ask(port)))).toEqual(Array(50).fill("word"));
      expect(giver.engine.stats().accepted).toBe(accepted);
      await giver.engine.stop();
      expect(await ask(port)).toBe("word");
      taker.engine.closeListener(adopted.id);
      expect(await ask(port)).toBe("ECONNREFUSED");
    });

  it("keeps what waits in it while one engine leaves and the other has not begun", async () => {
    const [giver, taker] = [relay(false), relay(false)];
    const { port, id } = giver.listener;
    box = mptcp.openListenerBox(boxPath);
    giver.engine.giveListener(id, boxPath);
    giver.engine.leaveListener(id);
    const answers = Array.from({ length: 20 }, () => ask(port));
    await sleep(50);
    taker.engine.adoptListener(box, false);
    expect(await Promise.all(answers)).toEqual(Array(20).fill("word"));
  });

  it("is refused where nothing waits, and where the path is no good; no descriptor is left", async () => {
    const { engine, listener } = relay(false);
    const before = await restingDescriptors();
    box = mptcp.openListenerBox(boxPath);
    expect(() => engine.adoptListener(box ?? { fd: -1, close: () => {} }, false)).toThrow(
      expect.objectContaining({ code: "EAGAIN" }),
    );
    expect(() => mptcp.openListenerBox(boxPath)).toThrow(expect.objectContaining({ code: "EADDRINUSE" }));
    expect(() => mptcp.openListenerBox(join(folder, "x".repeat(120)))).toThrow(
      expect.objectContaining({ code: "ENAMETOOLONG" }),
    );
    expect(() => engine.giveListener(listener.id, join(folder, "nobody"))).toThrow(
      expect.objectContaining({ code: "ENOENT" }),
    );
    expect(() => engine.giveListener(99, boxPath)).toThrow(expect.objectContaining({ code: "EBADF" }));
    box.close();
    box = null;
    expect(countDescriptors()).toBe(before);
  });
});

describe("bounds", () => {
  it("change while the engine runs", async () => {
    const { engine, listener } = relay(false);
    const bounds = { handshakeTimeoutMs: 10_000, idleTimeoutMs: 60_000, maxConnections: 1 };
    engine.setBounds(bounds);
    const held = connect(listener.port, "127.0.0.1");
    await waitFor("the connection", () => engine.stats().connections === 1);
    expect(["", "ECONNRESET", "EPIPE"]).toContain(await ask(listener.port));
    engine.setBounds({ ...bounds, handshakeTimeoutMs: 1 });
    await waitFor("the silent client's end", () => engine.stats().connections === 0, 12_000);
    engine.setBounds(bounds);
    expect(await ask(listener.port)).toBe("word");
    held.destroy();
    expect(() => engine.setBounds({ ...bounds, maxConnections: 0 })).toThrow(/maxConnections/);
  });
});
