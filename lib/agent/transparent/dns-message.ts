import dnsPacket, { type Answer, type DecodedPacket } from "dns-packet";
import { hostText, normaliseHost } from "@/lib/protocols/host";
import { readServiceBinding } from "./service-binding";

/** The one question of a message: the name as white-lists know it, null where it is no host name. */
export type DnsQuestion = { name: string | null; type: string; isStandardQuery: boolean };

/** What an answer says about the queried name. `targets`: other names that stand for it (HTTPS and SVCB records). */
export type DnsLesson = {
  name: string;
  addresses: { address: string; ttlSeconds: number }[];
  targets: { name: string; ttlSeconds: number }[];
};

const headerBytes = 12;
const responseBit = 0x80;
/** HTTPS and SVCB (RFC 9460 §14.1), which the codec hands over undecoded. */
const serviceBindingTypes: ReadonlySet<string> = new Set(["UNKNOWN_64", "UNKNOWN_65"]);

function hostName(name: string): string | null {
  const host = normaliseHost(name);
  return host?.kind === "name" ? hostText(host) : null;
}

function decode(message: Buffer): DecodedPacket | null {
  try {
    return dnsPacket.decode(message);
  } catch {
    return null;
  }
}

/** True for a response (QR set). Messages shorter than a header are neither. */
export function isResponse(message: Buffer): boolean {
  return message.length >= headerBytes && ((message[2] ?? 0) & responseBit) !== 0;
}

/**
 * The question of a query or response; null for what is malformed or asks not exactly one thing.
 * Source: RFC 1035 §4.1; RFC 9619 (one question).
 */
export function readQuestion(message: Buffer): DnsQuestion | null {
  if (message.length < headerBytes || message.readUInt16BE(4) !== 1) return null;
  const end = questionEnd(message);
  if (end === null) return null;
  const alone = Buffer.from(message.subarray(0, end));
  alone.fill(0, 6, headerBytes);
  const [question] = decode(alone)?.questions ?? [];
  if (question === undefined) return null;
  return { name: hostName(question.name), type: question.type, isStandardQuery: ((message[2] ?? 0) & 0x78) === 0 };
}

/** Where the question section ends; a question's name is never compressed. */
function questionEnd(message: Buffer): number | null {
  let at = headerBytes;
  for (let length = message[at]; length !== 0; length = message[at]) {
    if (length === undefined || length > 63) return null;
    at += 1 + length;
  }
  return at + 5 <= message.length ? at + 5 : null;
}

/** True where both messages ask the same: the bytes of their question, letters' case ignored (RFC 5452 §9.1). */
export function hasSameQuestion(query: Buffer, response: Buffer): boolean {
  const end = questionEnd(query);
  if (end === null || questionEnd(response) !== end) return false;
  const text = (message: Buffer): string => message.toString("latin1", headerBytes, end).toLowerCase();
  return text(query) === text(response);
}

function addAddress(lesson: DnsLesson, text: string, ttlSeconds: number): void {
  const host = normaliseHost(text);
  if (host?.kind === "address") lesson.addresses.push({ address: host.address, ttlSeconds });
}

function learnFromRecord(lesson: DnsLesson, record: Answer): void {
  if (record.type === "A" || record.type === "AAAA") {
    addAddress(lesson, record.data, record.ttl ?? 0);
    return;
  }
  const { type, ttl = 0 } = record as { type: string; ttl?: number };
  if (!serviceBindingTypes.has(type) || !("data" in record) || !Buffer.isBuffer(record.data)) return;
  const binding = readServiceBinding(record.data);
  if (binding === null) return;
  for (const hint of binding.addressHints) addAddress(lesson, hint, ttl);
  const target = hostName(binding.target);
  if (target !== null) lesson.targets.push({ name: target, ttlSeconds: ttl });
}

/**
 * What a response teaches about its queried name: the addresses of its A and AAAA records, whatever aliases (CNAME) lie
 * between, and the hints and targets of HTTPS and SVCB records. Null where there is nothing to learn.
 */
export function readLesson(response: Buffer): DnsLesson | null {
  const packet = decode(response);
  const [question] = packet?.questions ?? [];
  const name = question === undefined ? null : hostName(question.name);
  if (packet === null || name === null) return null;
  const lesson: DnsLesson = { name, addresses: [], targets: [] };
  for (const record of [...(packet.answers ?? []), ...(packet.additionals ?? [])]) learnFromRecord(lesson, record);
  return lesson.addresses.length + lesson.targets.length === 0 ? null : lesson;
}

/** A response without records that repeats the query's question. Null where the query is malformed. */
export function refuseQuery(query: Buffer, code: "SERVFAIL" | "NOTIMP"): Buffer | null {
  const end = questionEnd(query);
  if (end === null) return null;
  const response = Buffer.from(query.subarray(0, end));
  const rcode = code === "SERVFAIL" ? 2 : 4;
  response.writeUInt8((query.readUInt8(2) & 0x79) | responseBit, 2);
  response.writeUInt8(responseBit | rcode, 3);
  response.fill(0, 6, headerBytes);
  return response;
}
