import { isUtf8 } from "node:buffer";
import { setImmediate } from "node:timers/promises";
import { say } from "@/lib/contracts/sentences";
import { ImportFileProblem } from "./import-file-problem";

/** A few milliseconds of parsing: what else the process serves waits no longer than that. */
const sliceBytes = 32 * 1024;
const newLine = 0x0a;

/** How many bytes at the end begin a character that is not whole yet. Source: RFC 3629 §3. */
function openBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(newLine); at >= 0; at = bytes.indexOf(newLine, at + 1)) lines += 1;
  return lines;
}

function notText(bytes: Buffer, linesBefore: number, isText: (line: Buffer) => boolean): ImportFileProblem {
  let line = linesBefore + 1;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(newLine, from);
    const to = end < 0 ? bytes.length : end + 1;
    if (!isText(bytes.subarray(from, to))) break;
    from = to;
  }
  return new ImportFileProblem(say("fileNoText", { line }));
}

const isText = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(0);

/**
 * The bytes in small slices of whole characters, letting others work between two of them.
 * Errors: ImportFileProblem that names the first line which is not UTF-8 text.
 */
export async function* utf8Slices(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, void> {
  let open: Buffer = Buffer.alloc(0);
  let lines = 0;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.byteLength; from += sliceBytes) {
      const slice = Buffer.concat([open, chunk.subarray(from, from + sliceBytes)]);
      const whole = slice.subarray(0, slice.length - openBytes(slice));
      open = slice.subarray(whole.length);
      if (!isText(whole)) throw notText(whole, lines, isText);
      lines += countLines(whole);
      yield whole;
      await setImmediate();
    }
  }
  if (open.length > 0) throw notText(open, lines, isText);
}
