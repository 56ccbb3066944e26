import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { noNodeSettings } from "@/lib/contracts/nodes";
import { encodeSocksGreeting, encodeSocksRequest, encodeSocksUserPassword } from "@/lib/protocols/socks5";
import { HandshakeCaps } from "@/lib/proxy/handshake-caps";
import { selfMadeCertificate } from "@/lib/proxy/tls/self-made-certificate";
import { sleep } from "@/lib/shared/sleep";
import { type StartedProxy, startProxy } from "../../factories/started-proxy";

describe("HandshakeCaps", () => {
  it("lets a source hold a sixteenth of the connections, and others theirs", () => {
    const caps = new HandshakeCaps(() => 1600);
    const ends = Array.from({ length: 100 }, () => caps.begin("192.0.2.1"));
    expect(ends).not.toContain(null);
    expect(caps.begin("192.0.2.1")).toBeNull();
    expect(caps.begin("192.0.2.2")).not.toBeNull();
    expect(caps.refusedTotal).toBe(1);
    ends[0]?.();
    ends[0]?.();
    expect(caps.begin("192.0.2.1")).not.toBeNull();
    expect(caps.begin("192.0.2.1")).toBeNull();
  });

  it("takes one IPv6 network for one source, and leaves every source a few", () => {
    const caps = new HandshakeCaps(() => 1);
    for (let host = 1; host <= 64; host += 1) expect(caps.begin(`2001:db8::${host}`)).not.toBeNull();
    expect(caps.begin("2001:db8::ffff")).toBeNull();
    expect(caps.begin("2001:db8:0:1::1")).not.toBeNull();
  });
});

describe("the proxy's port", () => {
  let proxy: StartedProxy;
  const silent: Socket[] = [];
  beforeAll(async () => {
    proxy = await startProxy();
  });
  afterAll(async () => {
    for (const socket of silent) socket.destroy();
    await proxy.stop();
  });

  const open = (localAddress: string): Socket => {
    const socket = connect({ port: proxy.port, host: "127.0.0.1", localAddress });
    socket.on("error", () => undefined);
    silent.push(socket);
    return socket;
  };

  it("turns away a source with too many that do not go on, and goes on serving another", async () => {
    const most = 1250;
    let closed = 0;
    for (let n = 0; n < most + 50; n += 1) {
      const slow = open("127.9.9.9").once("close", () => (closed += 1));
      slow.write(Buffer.from([5]));
    }
    for (const deadline = Date.now() + 10_000; closed < 50 && Date.now() < deadline; ) await sleep(50);
    expect(closed).toBe(50);
    const other = open("127.9.9.8");
    other.write(Buffer.from([5, 1, 2]));
    const [answer] = await once(other, "data");
    expect(answer).toEqual(Buffer.from([5, 2]));
  });

  it("closes who says nothing at the handshake's deadline, also after a wrong credential", async () => {
    const began = Date.now();
    const asked = open("127.9.9.7");
    const head = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nProxy-Authorization: Basic eDp5\r\n\r\n";
    asked.write(head);
    const [answer] = await once(asked, "data");
    expect(String(answer)).toContain(" 407 ");
    await Promise.all([asked, open("127.9.9.6")].map((socket) => once(socket, "close")));
    const tookMs = Date.now() - began;
    expect(tookMs).toBeGreaterThan(8000);
    expect(tookMs).toBeLessThan(13_000);
  });
});

it("a handshake of TLS counts until its request comes", async () => {
  const proxy = await startProxy(async (folder) => ({ tls: await selfMadeCertificate(join(folder, "tls"), []) }));
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await proxy.stop();
  });
  const settings = { ...noNodeSettings, maxConnections: 1000 };
  proxy.portal.send({
    type: "order",
    order: { revision: 1, isDraining: false, restarts: 0, settings, isCredentialDue: false },
  });
  await vi.waitFor(() => expect(proxy.portal.batches.at(-1)?.node.settings?.maxConnections).toBe(1000), 5000);
  const open = (): Socket => {
    const socket = connect({ port: proxy.port, host: "127.0.0.1", localAddress: "127.9.9.5" });
    socket.on("error", () => undefined);
    sockets.push(socket);
    return socket;
  };
  let closed = 0;
  const most = 64;
  for (let n = 0; n < most + 6; n += 1) {
    const slow = open().once("close", () => (closed += 1));
    slow.write(Buffer.from([0x16]));
  }
  await vi.waitFor(() => expect(closed).toBe(6), 5000);
  await sleep(300);
  expect(closed).toBe(6);
  for (const socket of sockets) socket.resetAndDestroy();
  await sleep(300);
  const host = { kind: "address" as const, address: "127.0.0.1" };
  const ask = Buffer.concat([
    encodeSocksGreeting([2]),
    encodeSocksUserPassword("ue", "right"),
    encodeSocksRequest(1, host, proxy.contentPort),
  ]);
  for (let n = 0; n < most + 6; n += 1) {
    const secure = connectTls({ socket: open(), rejectUnauthorized: false });
    secure.on("error", () => undefined);
    secure.write(ask);
    const [answer] = await once(secure, "data");
    expect((answer as Buffer).subarray(0, 2)).toEqual(Buffer.from([5, 2]));
  }
});
