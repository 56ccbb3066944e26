import fc from "fast-check";
import { expect } from "vitest";
import type { ParseResult } from "@/lib/protocols/parse-result";

type Parse<T> = (buffer: Buffer) => ParseResult<T>;

/** The message whole, every beginning of it, and two at once: the same value each time, and never a byte too many. */
export function expectEverySplit<T>(parse: Parse<T>, message: Buffer, value: unknown): void {
  const whole = { status: "done", value, consumed: message.length };
  expect(parse(message)).toEqual(whole);
  for (let length = 0; length < message.length; length += 1)
    expect(parse(message.subarray(0, length)).status, `${length} of ${message.length} bytes`).toBe("more");
  expect(parse(Buffer.concat([message, message]))).toEqual(whole);
}

/** Random bytes, and valid messages with bytes changed, cut out and put in. */
export function hostileBytes(messages: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const edit = fc.tuple(fc.nat(300), fc.nat(3), fc.uint8Array({ maxLength: 4 }));
  const mutated = fc
    .tuple(fc.constantFrom(...messages), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([message, edits]) =>
      edits.reduce((bytes, [at, cut, added]) => {
        const start = bytes.length === 0 ? 0 : at % bytes.length;
        return Buffer.concat([bytes.subarray(0, start), added, bytes.subarray(start + cut)]);
      }, message),
    );
  return fc.oneof(
    mutated,
    fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  );
}

/**
 * What holds for any input: no throw, nothing consumed beyond the input, the same answer for what was consumed alone
 * and with other bytes behind it, and a verdict that more bytes do not overturn.
 */
export function expectSoundParser<T>(parse: Parse<T>, messages: readonly Buffer[], numRuns = 3000): void {
  fc.assert(
    fc.property(hostileBytes(messages), fc.uint8Array({ maxLength: 40 }), (bytes, tail) => {
      const parsed = parse(bytes);
      if (parsed.status === "more") return;
      const longer = parse(Buffer.concat([bytes, tail]));
      if (parsed.status === "bad") expect(longer.status).toBe("bad");
      else {
        expect(parsed.consumed).toBeGreaterThan(0);
        expect(parsed.consumed).toBeLessThanOrEqual(bytes.length);
        expect(longer).toEqual(parsed);
        expect(parse(bytes.subarray(0, parsed.consumed))).toEqual(parsed);
      }
    }),
    { numRuns },
  );
}

/** Where a parser asks for more, some longer input makes it answer `done`; `complete` proposes endings. */
export function expectCompletable<T>(parse: Parse<T>, messages: readonly Buffer[], endings: readonly Buffer[]): void {
  fc.assert(
    fc.property(hostileBytes(messages), (bytes) => {
      if (parse(bytes).status !== "more") return;
      const answers = endings.map((ending) => parse(Buffer.concat([bytes, ending])).status);
      expect(answers, bytes.toString("hex")).toContain("done");
    }),
    { numRuns: 3000 },
  );
}
