import { createSocket } from "node:dgram";
import { once } from "node:events";

/** What the server says of a name and a family; null: no such name. */
export type DnsAnswer = { addresses: string[]; ttlSeconds: number } | null;

export type StartedDnsServer = { server: string; questions: string[]; close(): Promise<void> };

const typeA = 1;
const typeAaaa = 28;
const nameError = 3;

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function addressBytes(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  const [left = "", right = ""] = address.split("::");
  const groups = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((text) => Number.parseInt(text, 16));
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups(left).entries()) bytes.writeUInt16BE(group, index * 2);
  const tail = groups(right);
  for (const [index, group] of tail.entries()) bytes.writeUInt16BE(group, 16 - (tail.length - index) * 2);
  return bytes;
}

function encodeRecord(type: number, ttlSeconds: number, address: string): Buffer {
  const data = addressBytes(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttlSeconds, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** What the server answers; later, where it is a promise. */
export type AnswerDns = (name: string, family: 4 | 6) => DnsAnswer | Promise<DnsAnswer>;

/** A DNS server on loopback that answers A and AAAA questions. Source: RFC 1035 §4.1. */
export async function startDnsServer(answer: AnswerDns): Promise<StartedDnsServer> {
  const questions: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", async (query, peer) => {
    const { name, type, end } = readQuestion(query);
    questions.push(name);
    const isAddress = type === typeA || type === typeAaaa;
    const found = isAddress ? await answer(name, type === typeA ? 4 : 6) : { addresses: [], ttlSeconds: 0 };
    const records = (found?.addresses ?? []).map((address) => encodeRecord(type, found?.ttlSeconds ?? 0, address));
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (found === null ? nameError : 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records]), peer.port, peer.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    server: `127.0.0.1:${socket.address().port}`,
    questions,
    close: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}
