import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import { DnsForwarder } from "@/lib/agent/transparent/dns-forwarder";
import { UpstreamServers } from "@/lib/agent/transparent/upstream-servers";
import { errorCode } from "@/lib/shared/errors";
import { collectedLog } from "../../factories/collected-log";
import { startDnsServer } from "../../factories/dns-server";

const { log } = collectedLog();
const undos: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of undos.splice(0).reverse()) await undo();
});

function address(server: string): { address: string; port: number } {
  const [host = "", port] = server.split(":");
  return { address: host, port: Number(port) };
}

async function startForwarder(servers: string[], beforeAnswer = async (_: Buffer): Promise<void> => {}) {
  const upstream = new UpstreamServers(servers.map(address));
  const forwarder = await DnsForwarder.start({ servers: upstream, beforeAnswer, log });
  undos.push(() => forwarder.close());
  const program = new Resolver({ timeout: 8000, tries: 1 });
  program.setServers([`127.0.0.1:${forwarder.ports.ipv4}`]);
  return { forwarder, program };
}

async function startUpstream(answers: Record<string, string[]>) {
  const server = await startDnsServer((name) =>
    answers[name] === undefined ? null : { addresses: answers[name], ttlSeconds: 60 },
  );
  undos.push(() => server.close());
  return server;
}

/** A server that takes questions and never answers, or does so as told. */
async function startOddServer(onQuery: (query: Buffer, reply: (bytes: Buffer) => void) => void = () => {}) {
  const socket: Socket = createSocket("udp4");
  socket.on("message", (query, peer) => onQuery(query, (bytes) => socket.send(bytes, peer.port, peer.address)));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  undos.push(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

it("gives upstream's answer to the program once it was learned", async () => {
  const upstream = await startUpstream({ "video.example": ["192.0.2.1"] });
  const order: string[] = [];
  const { program, forwarder } = await startForwarder([upstream.server], async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push("learned");
  });
  expect(await program.resolve4("video.example")).toEqual(["192.0.2.1"]);
  order.push("answered");
  expect(order).toEqual(["learned", "answered"]);
  await expect(program.resolve4("nobody.example")).rejects.toThrow("ENOTFOUND");
  expect(forwarder.ownPorts.length).toBeGreaterThan(4);
});

it("asks the second server where the first is silent, and says so where all are", async () => {
  const upstream = await startUpstream({ "video.example": ["192.0.2.1"] });
  const silent = await startOddServer();
  const { program } = await startForwarder([silent, upstream.server]);
  expect(await program.resolve4("video.example")).toEqual(["192.0.2.1"]);
  const { program: alone } = await startForwarder([silent]);
  await expect(alone.resolve4("video.example")).rejects.toThrow("ESERVFAIL");
});

it("takes no answer with another id or question, and none from elsewhere", async () => {
  const forged = await startOddServer((query, reply) => {
    const wrongId = Buffer.from(query);
    wrongId.writeUInt16BE((query.readUInt16BE(0) + 1) % 65_536, 0);
    wrongId[2] = 0x81;
    reply(wrongId);
    const wrongQuestion = Buffer.from(query);
    wrongQuestion[2] = 0x81;
    wrongQuestion[13] = (wrongQuestion[13] ?? 0) ^ 1;
    reply(wrongQuestion);
  });
  const upstream = await startUpstream({ "video.example": ["192.0.2.1"] });
  const { program } = await startForwarder([forged, upstream.server]);
  expect(await program.resolve4("video.example")).toEqual(["192.0.2.1"]);
});

it("ends while a question is open, and asks no further server", async () => {
  let noteAsked = (): void => {};
  const asked = new Promise<void>((resolve) => {
    noteAsked = resolve;
  });
  const next: Buffer[] = [];
  const servers = [await startOddServer(() => noteAsked()), await startOddServer((query) => next.push(query))];
  const upstream = new UpstreamServers(servers.map(address));
  const forwarder = await DnsForwarder.start({ servers: upstream, beforeAnswer: async () => {}, log });
  const { ipv4 } = forwarder.ports;
  const program = new Resolver({ timeout: 8000, tries: 1 });
  program.setServers([`127.0.0.1:${ipv4}`]);
  const answer = program.resolve4("video.example").catch(errorCode);
  await asked;
  forwarder.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([forwarder.ports.ipv4, next]).toEqual([ipv4, []]);
  program.cancel();
  expect(await answer).toBe("ECANCELLED");
});

it("ignores what is no question, and lives on", async () => {
  const upstream = await startUpstream({ "video.example": ["192.0.2.1"] });
  const { program, forwarder } = await startForwarder([upstream.server]);
  const socket = createSocket("udp4");
  undos.push(() => void socket.close());
  for (const bytes of [Buffer.from([1]), Buffer.alloc(12), Buffer.alloc(600, 0xff)])
    socket.send(bytes, forwarder.ports.ipv4, "127.0.0.1");
  expect(await program.resolve4("video.example")).toEqual(["192.0.2.1"]);
  expect(upstream.questions).toEqual(["video.example"]);
});
