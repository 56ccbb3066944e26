import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { mptcp } from "@/lib/mptcp";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import { encodeSocksGreeting, encodeSocksRequest, encodeSocksUserPassword } from "@/lib/protocols/socks5";
import { addressSet } from "@/lib/proxy/address-set";
import { ClientFront } from "@/lib/proxy/client-front";
import { readCertificate } from "@/lib/proxy/tls/certificate";
import { selfMadeCertificate } from "@/lib/proxy/tls/self-made-certificate";
import { TlsFront } from "@/lib/proxy/tls/tls-front";
import { requireAbility } from "../../factories/ability";
import { collectedLog } from "../../factories/collected-log";
import { type StartedProxy, startProxy } from "../../factories/started-proxy";
import { countDescriptors, restingDescriptors } from "../../native/start-relay";

let proxy: StartedProxy;
const certificate = (): string => join(proxy.folder, "tls", "proxy.crt");

beforeAll(async () => {
  proxy = await startProxy(async (folder) => ({ tls: await selfMadeCertificate(join(folder, "tls"), ["127.0.0.1"]) }));
});
afterAll(() => proxy.stop());
beforeEach(() => {
  proxy.content.removeAllListeners("connection").on("connection", (socket) => {
    socket.on("error", () => {}).pipe(socket);
  });
});

function dial(): Socket {
  return connectTcp({ host: "127.0.0.1", port: proxy.port, allowHalfOpen: true, noDelay: true }).on("error", () => {});
}

/** Resolves once the socket is gone both ways; it writes, since one that only listens is told of a FIN alone. */
async function closedFor(socket: Socket): Promise<void> {
  await vi.waitFor(() => {
    if (!socket.destroyed) socket.write("still here");
    expect(socket.destroyed).toBe(true);
  }, 9000);
}

/** The socket as a stream, for TLS to lie over it while its own events stay to be seen. */
function streamOver(raw: Socket, write: (raw: Socket, chunk: Buffer) => Promise<void>): Duplex {
  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => {},
    write: (chunk: Buffer, _, done) => void write(raw, chunk).then(() => done(), done),
    final: (done) => void raw.end(done),
  });
  // Its end is TLS's to tell, by close_notify.
  raw.on("data", (chunk) => stream.push(chunk));
  return stream;
}

async function secure(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const ca = readFileSync(certificate());
  const socket = connect({ host: "127.0.0.1", ca, socket: dial(), ...options });
  socket.on("error", () => {});
  await once(socket, "secureConnect");
  return socket;
}

/** Ask for the content server; the answers, 14 bytes, come before what it sends. */
function ask(secret = "right"): Buffer {
  const host = { kind: "address" as const, address: "127.0.0.1" };
  return Buffer.concat([
    encodeSocksGreeting([2]),
    encodeSocksUserPassword("ue", secret),
    encodeSocksRequest(1, host, proxy.contentPort),
  ]);
}
const answers = 14;

async function echo(socket: TLSSocket, sizeBytes: number): Promise<void> {
  const payload = randomBytes(sizeBytes);
  socket.end(Buffer.concat([ask(), payload]));
  const got = await buffer(socket);
  expect(got.subarray(0, 2)).toEqual(Buffer.from([5, 2]));
  expect(got.subarray(answers).equals(payload)).toBe(true);
}

describe("TLS on the proxy's port", () => {
  it("carries SOCKS5 with both ends of stream, and counts what the destination was sent", async () => {
    const before = proxy.ended().length;
    const sizeBytes = 5_000_000;
    await echo(await secure(), sizeBytes);
    const report = await vi.waitUntil(() => proxy.ended().at(before), 5000);
    expect(report).toMatchObject({ uploadBytes: sizeBytes, downloadBytes: sizeBytes, end: { reason: "finished" } });
    const { handshakeUploadBytes, handshakeDownloadBytes, subflows } = report;
    expect(handshakeUploadBytes).toBeGreaterThan(ask().length);
    expect(subflows[0]).toMatchObject({
      uploadBytes: sizeBytes + handshakeUploadBytes,
      downloadBytes: sizeBytes + handshakeDownloadBytes,
    });
  });

  it("is for curl an HTTPS proxy, while others go on without TLS", async (context) => {
    requireAbility(context, "curl");
    proxy.content.removeAllListeners("connection").on("connection", (socket) => {
      // curl leaves TLS with tickets unread, which resets.
      socket
        .on("error", () => {})
        .once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncontent"));
    });
    const url = `http://127.0.0.1:${proxy.contentPort}/`;
    const curl = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)("curl", ["-sS", "--noproxy", "", "--proxy-user", "ue:right", ...args, url])).stdout;
    const tls = ["--proxy", `https://127.0.0.1:${proxy.port}`, "--proxy-cacert", certificate()];
    expect(await curl(...tls)).toBe("content");
    expect(await curl("--proxytunnel", ...tls)).toBe("content");
    expect(await curl("--proxy", `http://127.0.0.1:${proxy.port}`)).toBe("content");
    expect(await curl("--proxy", `socks4a://ue%3Aright@127.0.0.1:${proxy.port}`)).toBe("content");
  });

  it("takes a handshake byte by byte", async () => {
    const slow = streamOver(dial(), async (raw, chunk) => {
      for (const byte of chunk) await new Promise((resolve) => raw.write(Buffer.from([byte]), resolve));
    });
    await echo(await secure({ socket: slow }), 2000);
  });

  it("serves the protocols of TLS 1.2 and 1.3, and answers HTTP/1.1 where a client would rather have another", async () => {
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const socket = await secure({ minVersion: version, maxVersion: version, ALPNProtocols: ["h2", "http/1.1"] });
      expect([socket.getProtocol(), socket.alpnProtocol]).toEqual([version, "http/1.1"]);
      socket.destroy();
    }
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
    await expect(secure(old)).rejects.toThrow();
  });

  it("refuses what is no TLS after all", async () => {
    const socket = dial().resume();
    socket.write(Buffer.concat([Buffer.from([0x16, 3, 1, 0, 200]), randomBytes(2000)]));
    await closedFor(socket);
    await vi.waitFor(() => expect(proxy.said("info")).toContain("no TLS handshake"));
  });

  it("tells the client who it refuses, and does not wait for it to leave", async () => {
    const socket = await secure();
    socket.write(ask("wrong"));
    expect(await buffer(socket)).toEqual(Buffer.from([5, 2, 1, 1]));
    const http = await secure();
    http.write("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n");
    expect(await text(http)).toMatch(/^HTTP\/1\.1 407 /);
    for (const client of [socket, http]) await closedFor(client);
  });

  it("lets nobody take half for the whole where the destination or the client breaks off", async () => {
    const reached = async (): Promise<[client: TLSSocket, raw: Socket, content: Socket]> => {
      const arrived = new Promise<Socket>((resolve) => {
        proxy.content.removeAllListeners("connection").on("connection", (socket) => {
          resolve(socket.on("error", () => {}));
        });
      });
      const raw = dial();
      const stream = streamOver(raw, async (_, chunk) => void raw.write(chunk));
      const client = await secure({ socket: stream });
      client.write(Buffer.concat([ask(), randomBytes(1000)]));
      const content = await arrived;
      await once(content, "data");
      return [client, raw, content];
    };
    const [client, broke, broken] = await reached();
    // Node tells of a reset that comes with bytes as of an end: what counts is that TLS was not closed.
    const over = once(broke, "close");
    const isEnded = vi.fn();
    client.resume().on("end", isEnded);
    broken.write(randomBytes(1000), () => broken.resetAndDestroy());
    broke.once("end", () => broke.destroy());
    await over.catch(() => undefined);
    expect(isEnded).not.toHaveBeenCalled();
    const [, raw, content] = await reached();
    const alsoFailed = once(content, "error");
    raw.resetAndDestroy();
    expect(await alsoFailed).toMatchObject([{ code: "ECONNRESET" }]);
  });

  it("uses a new certificate as soon as both files fit, and the one before until then", async () => {
    const { fingerprint } = readCertificate({
      certFile: certificate(),
      keyFile: join(proxy.folder, "tls", "proxy.key"),
    });
    const other = await selfMadeCertificate(join(proxy.folder, "other"), ["127.0.0.1"]);
    const shown = async (): Promise<string> => {
      const socket = await secure({ rejectUnauthorized: false });
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    await cp(other.certFile, certificate());
    await vi.waitFor(() => expect(proxy.said("warn").join()).toContain("stays in use"), 10_000);
    expect(await shown()).toBe(fingerprint);
    await cp(other.keyFile, join(proxy.folder, "tls", "proxy.key"));
    const { fingerprint: next } = readCertificate(other);
    await vi.waitFor(async () => expect(await shown()).toBe(next), 10_000);
  });

  it("serves many at once, some of which break off, and holds no descriptor afterwards", async () => {
    await echo(await secure(), 1000);
    const before = await restingDescriptors();
    const clients = Array.from({ length: 60 }, async (_, index) => {
      const client = await secure();
      if (index % 3 > 0) return echo(client, 300_000);
      client.write(Buffer.concat([ask(), randomBytes(300_000)]));
      if (index % 2 > 0) await once(client, "data");
      client.destroy();
    });
    await Promise.all(clients);
    await vi.waitFor(() => expect(countDescriptors()).toBeLessThanOrEqual(before), 10_000);
  });

  it("keeps its sessions under the policy: a suspended subscriber's ends at once", async () => {
    const client = await secure();
    client.write(ask());
    await once(client, "data");
    const failed = once(client.resume(), "error");
    proxy.portal.suspendAll();
    expect(await failed).toMatchObject([{ code: "ECONNRESET" }]);
    await vi.waitFor(() => expect(proxy.ended().map(({ end }) => end?.reason)).toContain("suspended"), 10_000);
  });

  it("says what is wrong with a certificate at the start", () => {
    const files = { certFile: certificate(), keyFile: certificate() };
    expect(() => readCertificate(files)).toThrow(expect.objectContaining({ code: "PROXY_BAD_CERTIFICATE" }));
  });
});

it("gives up clients that go slow in their handshake, and holds no descriptor of theirs", async () => {
  const { log } = collectedLog();
  const files = await selfMadeCertificate(join(proxy.folder, "slow"), []);
  let front: ClientFront | null = null;
  const server = new ConnectionServer(mptcp, {
    threads: 1,
    handshakeTimeoutMs: 60_000,
    idleTimeoutMs: 0,
    maxConnections: 40,
    serve: (connection) => void front?.open(connection),
  });
  const tls = await TlsFront.open({ server, files, handshakeTimeoutMs: 200, log });
  front = new ClientFront(tls, addressSet([]));
  const { port } = server.listen({ address: "127.0.0.1", port: 0, mptcp: false });
  const before = await restingDescriptors();
  // Half of them say that nothing more comes: the handshake times out all the same.
  const sockets = Array.from({ length: 20 }, (_, index) => {
    const socket = connectTcp({ host: "127.0.0.1", port, allowHalfOpen: true }).on("error", () => {});
    socket.resume().once("end", () => socket.destroy());
    if (index % 2 === 0) socket.write(Buffer.from([0x16]));
    else socket.end(Buffer.from([0x16, 3, 1, 0, 100]));
    return socket;
  });
  await vi.waitFor(() => expect(sockets.every(({ destroyed }) => destroyed)).toBe(true), 10_000);
  expect(server.stats().connections).toBe(0);
  await vi.waitFor(() => expect(countDescriptors()).toBeLessThanOrEqual(before), 5000);
  await server.stop();
  tls.stop();
});
