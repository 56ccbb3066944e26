import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { SocksClient } from "socks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { noNodeSettings } from "@/lib/contracts/nodes";
import { MessageReader } from "@/lib/protocols/message-reader";
import {
  encodeSocksGreeting,
  encodeSocksRequest,
  encodeSocksUserPassword,
  parseSocksAuthReply,
  parseSocksMethod,
  parseSocksReply,
} from "@/lib/protocols/socks5";
import { DatagramRates } from "@/lib/proxy/datagrams/datagram-rates";
import { selfMadeCertificate } from "@/lib/proxy/tls/self-made-certificate";
import { policySnapshot, rule, serviceClass, whiteList } from "../../factories/policy";
import { type StartedProxy, startProxy } from "../../factories/started-proxy";
import { countDescriptors, restingDescriptors } from "../../native/start-relay";

let proxy: StartedProxy;
const undos: (() => void)[] = [];
beforeEach(async () => {
  proxy = await startProxy(async () => ({ udpAssociate: true }));
});
afterEach(async () => {
  for (const undo of undos.splice(0).reverse()) undo();
  await proxy.stop();
});

async function openUdp(): Promise<{ socket: UdpSocket; port: number }> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  undos.push(() => socket.close());
  return { socket, port: socket.address().port };
}

/** A server that answers each datagram with `<…>`; `heard` is what it got. */
async function startEcho(): Promise<{ port: number; heard: string[]; socket: UdpSocket; peers: RemoteInfo[] }> {
  const { socket, port } = await openUdp();
  const heard: string[] = [];
  const peers: RemoteInfo[] = [];
  socket.on("message", (bytes, from) => {
    heard.push(bytes.toString());
    peers.push(from);
    socket.send(`<${bytes.toString()}>`, from.port, from.address);
  });
  return { port, heard, socket, peers };
}

/** A client by the `socks` package: its TCP connection (another one, or `own`), and where the relay takes datagrams. */
async function associate(own?: Socket): Promise<{ control: Socket; relay: { host: string; port: number } }> {
  const client = new SocksClient({
    proxy: { host: "127.0.0.1", port: proxy.port, type: 5, userId: "ue", password: "right" },
    command: "associate",
    destination: { host: "0.0.0.0", port: 0 },
  });
  const established = new Promise<Awaited<ReturnType<typeof SocksClient.createConnection>>>((resolve, reject) => {
    client.once("established", resolve).once("error", reject);
  });
  client.connect(own);
  const { socket, remoteHost } = await established;
  if (remoteHost === undefined) throw new Error("no address to send to");
  undos.push(() => socket.destroy());
  socket.on("error", () => {});
  return { control: socket, relay: remoteHost };
}

class UdpClient {
  readonly heard: string[] = [];
  private constructor(
    readonly socket: UdpSocket,
    private readonly relay: { host: string; port: number },
  ) {
    socket.on("message", (bytes) => {
      const { remoteHost, data } = SocksClient.parseUDPFrame(bytes);
      this.heard.push(`${remoteHost.port}:${data.toString()}`);
    });
  }

  static async open(relay: { host: string; port: number }): Promise<UdpClient> {
    return new UdpClient((await openUdp()).socket, relay);
  }

  send(host: string, port: number, text: string, fragment = 0): void {
    const bytes = SocksClient.createUDPFrame({
      frameNumber: fragment,
      remoteHost: { host, port },
      data: Buffer.from(text),
    });
    this.socket.send(bytes, this.relay.port, this.relay.host);
  }
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5000, interval: 10 });

describe("UDP ASSOCIATE", () => {
  it("relays both ways, to several destinations, and is a session with its bytes and path", async () => {
    const [one, other] = [await startEcho(), await startEcho()];
    const { control, relay } = await associate();
    const client = await UdpClient.open(relay);
    client.send("127.0.0.1", one.port, "hello");
    await until(() => expect(client.heard).toEqual([`${one.port}:<hello>`]));
    client.send("127.0.0.1", other.port, "again");
    await until(() => expect(client.heard).toHaveLength(2));
    expect(one.heard).toEqual(["hello"]);
    expect(other.heard).toEqual(["again"]);
    control.end();
    await until(() => expect(proxy.ended()).toHaveLength(1));
    const [session] = proxy.ended();
    expect(session).toMatchObject({
      protocol: "socks5-udp",
      destination: `127.0.0.1:${other.port}`,
      whiteListId: "here",
      uploadBytes: 10,
      downloadBytes: 14,
      end: { reason: "finished" },
    });
    const paths = session?.subflows ?? [];
    expect(paths.find(({ id }) => id === 256)).toMatchObject({ uploadBytes: 10, downloadBytes: 14, isOpen: false });
    const sum = (key: "uploadBytes" | "downloadBytes"): number => paths.reduce((all, path) => all + path[key], 0);
    expect(sum("uploadBytes")).toBe((session?.uploadBytes ?? 0) + (session?.handshakeUploadBytes ?? 0));
    expect(sum("downloadBytes")).toBe((session?.downloadBytes ?? 0) + (session?.handshakeDownloadBytes ?? 0));
  });

  it("tells of bytes while it runs, and ends the relay with the connection", async () => {
    const echo = await startEcho();
    const { control, relay } = await associate();
    const client = await UdpClient.open(relay);
    client.send("127.0.0.1", echo.port, "one");
    await until(() => expect(proxy.portal.batches.flatMap(({ sessions }) => sessions).at(-1)?.uploadBytes).toBe(3));
    control.destroy();
    await until(() => expect(proxy.ended()).toHaveLength(1));
    client.send("127.0.0.1", echo.port, "late");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(echo.heard).toEqual(["one"]);
  });

  it("decides each datagram by policy, also a running association's", async () => {
    const echo = await startEcho();
    const { control, relay } = await associate();
    const client = await UdpClient.open(relay);
    client.send("192.0.2.1", 53, "refused");
    client.send("no-such-name.invalid", 53, "refused");
    client.send("127.0.0.1", echo.port, "first");
    await until(() => expect(echo.heard).toEqual(["first"]));
    const whiteLists = [whiteList("here", [rule("cidr", "127.0.0.0/8", [{ from: 1, to: 1 }])])];
    proxy.portal.send({
      type: "snapshot",
      snapshot: policySnapshot({ version: 2, whiteLists, allowedPrivateRanges: ["127.0.0.0/8"] }),
    });
    await until(() => expect(proxy.portal.batches.at(-1)?.node.policyVersion).toBe(2));
    client.send("127.0.0.1", echo.port, "second");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(echo.heard).toEqual(["first"]);
    expect(control.destroyed).toBe(false);
  });

  it("takes no fragments, no strangers' datagrams, and no answers of others", async () => {
    const echo = await startEcho();
    const { relay } = await associate();
    const [client, stranger] = [await UdpClient.open(relay), await UdpClient.open(relay)];
    client.send("127.0.0.1", echo.port, "fragment", 1);
    client.socket.send(Buffer.from("too short"), relay.port, relay.host);
    client.send("127.0.0.1", echo.port, "mine");
    await until(() => expect(client.heard).toEqual([`${echo.port}:<mine>`]));
    stranger.send("127.0.0.1", echo.port, "another program's");
    const other = await openUdp();
    const [proxied] = echo.peers;
    other.socket.send("unasked", proxied?.port ?? 0, "127.0.0.1");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(echo.heard).toEqual(["mine"]);
    expect(client.heard).toHaveLength(1);
  });

  it("ends where the device is revoked", async () => {
    const echo = await startEcho();
    const { control, relay } = await associate();
    const client = await UdpClient.open(relay);
    client.send("127.0.0.1", echo.port, "first");
    await until(() => expect(echo.heard).toHaveLength(1));
    const closed = new Promise((resolve) => control.once("close", resolve));
    proxy.portal.entitlements.splice(0);
    proxy.portal.send({ type: "revoke", deviceIds: ["ue"] });
    await closed;
    await until(() => expect(proxy.ended()[0]?.end?.reason).toBe("revoked"));
  });

  it("is capped as its class says", async () => {
    const serviceClasses = [serviceClass("gold", { totalRateKbps: 800 })];
    const whiteLists = [whiteList("here", [rule("cidr", "127.0.0.0/8")])];
    proxy.portal.send({
      type: "snapshot",
      snapshot: policySnapshot({ version: 2, whiteLists, allowedPrivateRanges: ["127.0.0.0/8"], serviceClasses }),
    });
    await until(() => expect(proxy.portal.batches.at(-1)?.node.policyVersion).toBe(2));
    const echo = await startEcho();
    const { relay } = await associate();
    const client = await UdpClient.open(relay);
    for (let sent = 0; sent < 200; sent += 1) client.send("127.0.0.1", echo.port, "x".repeat(1000));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(echo.heard.length).toBeGreaterThan(50);
    expect(echo.heard.length).toBeLessThan(130);
  });

  it("leaves no descriptor behind", async () => {
    const echo = await startEcho();
    const before = await restingDescriptors();
    for (let round = 0; round < 5; round += 1) {
      const { control, relay } = await associate();
      const client = await UdpClient.open(relay);
      client.send("127.0.0.1", echo.port, "x");
      await until(() => expect(client.heard).toHaveLength(1));
      control.destroy();
      await until(() => expect(proxy.ended()).toHaveLength(round + 1));
      client.socket.close();
      undos.pop();
    }
    await until(() => expect(countDescriptors()).toBeLessThanOrEqual(before));
  });

  it("is refused to who has too many, and where the node is drained", async () => {
    for (let count = 0; count < 32; count += 1) await associate();
    await expect(associate()).rejects.toThrow();
    proxy.portal.send({
      type: "order",
      order: { revision: 1, isDraining: true, restarts: 0, settings: noNodeSettings, isCredentialDue: false },
    });
    await until(() => expect(proxy.portal.batches.at(-1)?.node.state).toBe("draining"));
    await expect(associate()).rejects.toThrow();
  });
});

it("lasts while datagrams pass, and ends without them", async () => {
  await proxy.stop();
  proxy = await startProxy(async () => ({ udpAssociate: true, udpIdleMs: 800 }));
  const settings = { ...noNodeSettings, handshakeTimeoutSeconds: 1, idleTimeoutSeconds: 10 };
  proxy.portal.send({
    type: "order",
    order: { revision: 1, isDraining: false, restarts: 0, settings, isCredentialDue: false },
  });
  await until(() => expect(proxy.portal.batches.at(-1)?.node.settings?.handshakeTimeoutSeconds).toBe(1));
  const echo = await startEcho();
  const { control, relay } = await associate();
  const closed = new Promise((resolve) => control.once("close", resolve));
  const client = await UdpClient.open(relay);
  for (let count = 0; count < 12; count += 1) {
    client.send("127.0.0.1", echo.port, String(count));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(control.destroyed).toBe(false);
  expect(echo.heard).toHaveLength(12);
  await closed;
  await until(() => expect(proxy.ended()[0]?.end?.reason).toBe("finished"));
});

it("outlasts the node's idle time-out while datagrams pass, with TLS as well", async () => {
  await proxy.stop();
  proxy = await startProxy(async (folder) => ({
    udpAssociate: true,
    tls: await selfMadeCertificate(join(folder, "tls"), []),
  }));
  const settings = { ...noNodeSettings, idleTimeoutSeconds: 10 };
  proxy.portal.send({
    type: "order",
    order: { revision: 1, isDraining: false, restarts: 0, settings, isCredentialDue: false },
  });
  await until(() => expect(proxy.portal.batches.at(-1)?.node.settings?.idleTimeoutSeconds).toBe(10));
  const echo = await startEcho();
  const secure = connectTls({ host: "127.0.0.1", port: proxy.port, rejectUnauthorized: false });
  await once(secure, "secureConnect");
  const both = [await associate(), await associate(secure)];
  const clients = await Promise.all(both.map(({ relay }) => UdpClient.open(relay)));
  for (let count = 0; count < 28; count += 1) {
    for (const client of clients) client.send("127.0.0.1", echo.port, String(count));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(both.map(({ control }) => control.destroyed)).toEqual([false, false]);
  expect(echo.heard).toHaveLength(56);
});

it("without the option the command is not supported", async () => {
  await proxy.stop();
  proxy = await startProxy();
  const socket = connect(proxy.port, "127.0.0.1");
  undos.push(() => socket.destroy());
  const bytes = socket[Symbol.asyncIterator]();
  const reader = new MessageReader({
    read: async () => (await bytes.next()).value ?? null,
    write: () => {},
  });
  socket.write(encodeSocksGreeting([2]));
  await reader.next(parseSocksMethod);
  socket.write(encodeSocksUserPassword("ue", "right"));
  await reader.next(parseSocksAuthReply);
  socket.write(encodeSocksRequest(3, { kind: "address", address: "0.0.0.0" }, 0));
  expect(await reader.next(parseSocksReply)).toEqual({ code: 7 });
});

describe("DatagramRates", () => {
  it("lets the rate pass over time, each direction by itself, and nothing without a cap is counted", () => {
    const rates = new DatagramRates();
    const passed = (direction: "upload" | "download", fromMs: number, toMs: number): number => {
      let bytes = 0;
      for (let now = fromMs; now < toMs; now += 1)
        for (let tries = 0; tries < 5; tries += 1) if (rates.take("s", direction, 1000, 1_000_000, now)) bytes += 1000;
      return bytes;
    };
    expect(passed("upload", 0, 1000)).toBeGreaterThanOrEqual(1_090_000);
    expect(passed("upload", 1000, 2000)).toBeLessThanOrEqual(1_001_000);
    expect(passed("download", 0, 10)).toBe(50_000);
    expect(rates.take("s", "upload", 60_000, null, 2000)).toBe(true);
    rates.forget("s");
    expect(rates.take("s", "upload", 60_000, 1000, 2000)).toBe(true);
    expect(rates.take("s", "upload", 60_000, 1000, 2000)).toBe(false);
  });
});
