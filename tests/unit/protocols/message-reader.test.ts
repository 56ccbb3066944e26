import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageReader } from "@/lib/protocols/message-reader";
import { bad, done, more, type ParseResult } from "@/lib/protocols/parse-result";
import { byteByByte, cutAt, cutPlaces, ScriptedStream } from "./scripted-stream";

/** One length byte, then as many letters; a length of 255 is no message. */
function parseText(buffer: Buffer): ParseResult<string> {
  const [length] = buffer;
  if (length === undefined) return more;
  if (length === 255) return bad("a length of 255");
  return buffer.length <= length ? more : done(buffer.toString("latin1", 1, 1 + length), 1 + length);
}

const message = (text: string): Buffer => Buffer.from(`${String.fromCharCode(text.length)}${text}`, "latin1");

describe("MessageReader", () => {
  it("gives the same messages and the same rest for every split", async () => {
    const texts = ["one", "", "three"];
    const sent = Buffer.concat([...texts.map(message), Buffer.from("payload")]);
    await fc.assert(
      fc.asyncProperty(cutPlaces, async (places) => {
        const chunks = cutAt(sent, places);
        const stream = new ScriptedStream(chunks);
        const reader = new MessageReader(stream);
        for (const text of texts) expect(await reader.next(parseText)).toBe(text);
        let rest = reader.takeRest();
        for (let chunk = await stream.read(); chunk !== null; chunk = await stream.read())
          rest = Buffer.concat([rest, chunk]);
        expect(rest.toString()).toBe("payload");
        expect(reader.takeRest()).toHaveLength(0);
      }),
    );
  });

  it("shows the first byte without taking it", async () => {
    const reader = new MessageReader(new ScriptedStream(byteByByte(message("hi"))));
    expect(await reader.peekByte()).toBe(2);
    expect(await reader.peekByte()).toBe(2);
    expect(await reader.next(parseText)).toBe("hi");
  });

  it("begins with bytes it is given", async () => {
    const reader = new MessageReader(new ScriptedStream([]), Buffer.concat([message("early"), Buffer.from("x")]));
    expect(await reader.next(parseText)).toBe("early");
    expect(reader.takeRest().toString()).toBe("x");
  });

  it("reads ahead once, and gives that to whoever reads next", async () => {
    const stream = new ScriptedStream([message("one"), message("two")]);
    const reader = new MessageReader(stream);
    expect(await reader.readAhead()).toEqual(message("one"));
    expect(await reader.readAhead()).toEqual(message("one"));
    expect([reader.isEmpty, reader.isAhead]).toEqual([true, true]);
    expect(await reader.next(parseText)).toBe("one");
    expect(reader.isAhead).toBe(false);
    void reader.readAhead();
    expect(await reader.peek()).toEqual(message("two"));
    expect(await reader.next(parseText)).toBe("two");
    expect(await reader.readAhead()).toBeNull();
    expect(await reader.peek()).toBeNull();
  });

  it("waits on through empty chunks", async () => {
    const nothing = Buffer.alloc(0);
    const reader = new MessageReader(new ScriptedStream([nothing, message("a"), nothing]));
    expect(await reader.peekByte()).toBe(1);
    expect(await reader.next(parseText)).toBe("a");
  });

  it.each([
    ["before the first byte", []],
    ["inside a message", [message("hello").subarray(0, 3)]],
  ])("says PROTOCOL_ENDED where the stream ends %s", async (_, chunks) => {
    const reader = new MessageReader(new ScriptedStream(chunks));
    await expect(reader.next(parseText)).rejects.toMatchObject({ code: "PROTOCOL_ENDED" });
  });

  it("says PROTOCOL_BAD with the codec's reason", async () => {
    const reader = new MessageReader(new ScriptedStream([Buffer.from([255])]));
    await expect(reader.next(parseText)).rejects.toMatchObject({ code: "PROTOCOL_BAD", message: "a length of 255" });
  });
});
