import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventStreamParser, type StreamEvent } from "@/lib/shared/event-stream";

function parse(chunks: readonly string[]): StreamEvent[] {
  const parser = new EventStreamParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
}

function cutText(text: string, places: readonly number[]): string[] {
  const cuts = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return cuts.slice(1).map((end, index) => text.slice(cuts[index], end));
}

const message = (data: string, type = "message", id: string | null = null): StreamEvent => ({ type, id, data });

/** Texts of the standard's own examples, and the corners of its grammar. */
const examples: [what: string, text: string, events: StreamEvent[]][] = [
  ["nothing", "", []],
  ["one line", "data: one\n\n", [message("one")]],
  ["two lines of data", "data: YHOO\ndata: +2\ndata: 10\n\n", [message("YHOO\n+2\n10")]],
  ["a comment", ": test stream\n\ndata: x\n\n", [message("x")]],
  ["a heartbeat of comments alone", ":\n\n:\n\n", []],
  ["one space taken away, no more", "data:x\n\ndata: x\n\ndata:  x\n\n", [message("x"), message("x"), message(" x")]],
  ["empty data", "data\n\ndata\ndata\n\ndata:\n\n", [message(""), message("\n"), message("")]],
  ["data that never ends", "data: one\n\ndata: two\n", [message("one")]],
  ["a type for one event only", "event: add\ndata: 1\n\ndata: 2\n\n", [message("1", "add"), message("2")]],
  ["an empty type", "event: add\nevent:\ndata: 1\n\n", [message("1")]],
  ["a type without data", "event: add\n\ndata: 1\n\n", [message("1")]],
  [
    "an id that stays",
    "id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
    [message("a", "message", "1"), message("b", "message", "1"), message("c", "message", "")],
  ],
  ["an id with a null character", "id: 1\nid: 2\0\ndata: a\n\n", [message("a", "message", "1")]],
  ["unknown fields and retry", "retry: 100\nwhat: ever\ndata: a\n\n", [message("a")]],
  ["a colon in the value", 'data: {"a": "b:c"}\n\n', [message('{"a": "b:c"}')]],
  ["names in another case", "Data: a\n\n", []],
];

describe.each([
  ["LF", "\n"],
  ["CR", "\r"],
  ["CRLF", "\r\n"],
])("lines that end with %s", (_, lineEnd) => {
  it.each(examples)("%s", (_what, text, events) => {
    const wire = text.replaceAll("\n", lineEnd);
    expect(parse([wire])).toEqual(events);
    expect(parse([...wire])).toEqual(events);
  });
});

describe("EventStreamParser", () => {
  it("gives an event at the CR that ends it, without waiting for the next byte", () => {
    const parser = new EventStreamParser();
    expect(parser.push("data: a\r\r")).toEqual([message("a")]);
    expect(parser.push("\ndata: b\n")).toEqual([]);
    expect(parser.push("\n")).toEqual([message("b")]);
  });

  it("takes CR and LF in two chunks for one line end", () => {
    expect(parse(["data: a\r", "\ndata: b\r", "\n\r", "\n"])).toEqual([message("a\nb")]);
  });

  it("gives the same events for every split", () => {
    const piece = fc.constantFrom(
      "data: x",
      "data",
      "id: 7",
      "event: t",
      ": c",
      "\n",
      "\n\n",
      "\r",
      "\r\n",
      "\r\n\r\n",
      "ü",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 10 }), (pieces, places) => {
        const text = pieces.join("");
        expect(parse(cutText(text, places))).toEqual(parse([text]));
        expect(parse([...text])).toEqual(parse([text]));
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps what the server says of reconnecting, in whole milliseconds only", () => {
    const parser = new EventStreamParser();
    expect(parser.retryMs).toBeNull();
    expect(parser.push("retry: 250\n\nretry: soon\n\nretry: -1\n\n")).toEqual([]);
    expect(parser.retryMs).toBe(250);
  });

  it("reads a long event in many chunks in linear time", () => {
    const data = "x".repeat(4_000_000);
    const chunks = Array.from({ length: 1000 }, (_, index) => data.slice(index * 4000, (index + 1) * 4000));
    const began = performance.now();
    expect(parse(["data: ", ...chunks, "\n\n"])).toEqual([message(data)]);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
