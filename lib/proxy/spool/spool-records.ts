import { crc32 } from "node:zlib";

/*
 *   magic "TPS1" | length, 32 bits | CRC-32 of the payload, 32 bits | payload      (big-endian)
 *
 * A file is records one after the other. What a crash left half-written fails its checksum, and ends the file.
 */
const magic = Buffer.from("TPS1");
const headBytes = 12;

export function encodeRecord(payload: string): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(headBytes);
  magic.copy(head);
  head.writeUInt32BE(body.length, 4);
  head.writeUInt32BE(crc32(body), 8);
  return Buffer.concat([head, body]);
}

/** Payloads up to the first record that is torn or damaged; `isWhole` where there is none. */
export function decodeRecords(bytes: Buffer): { payloads: string[]; isWhole: boolean } {
  const payloads: string[] = [];
  let at = 0;
  while (at + headBytes <= bytes.length && bytes.subarray(at, at + magic.length).equals(magic)) {
    const from = at + headBytes;
    const to = from + bytes.readUInt32BE(at + 4);
    if (to > bytes.length || crc32(bytes.subarray(from, to)) !== bytes.readUInt32BE(at + 8)) break;
    payloads.push(bytes.toString("utf8", from, to));
    at = to;
  }
  return { payloads, isWhole: at === bytes.length };
}
