import { describe, expect, it } from "vitest";
import { encodeAnswerHead } from "@/lib/protocols/http-answer";
import type { HeaderField } from "@/lib/protocols/http-head";

const now = new Date(Date.UTC(1994, 10, 6, 8, 49, 37));
const added = "Date: Sun, 06 Nov 1994 08:49:37 GMT";
const own = { name: "date", value: "Mon, 07 Nov 1994 00:00:00 GMT" };

/** The Date lines of an answer's head for the client. */
function dates(status: number, fields: HeaderField[]): string[] {
  const head = encodeAnswerHead({ status, reason: "", minorVersion: 1, fields }, { viaName: "test" }, now);
  return head
    .toString("latin1")
    .split("\r\n")
    .filter((line) => /^date:/i.test(line));
}

describe("the Date of an answer", () => {
  it.each([
    ["is added to a final answer without one", 200, [], [added]],
    ["is added to an error", 404, [], [added]],
    ["stays as the server has it", 304, [own], ["date: Mon, 07 Nov 1994 00:00:00 GMT"]],
    ["is added where Connection names the server's", 200, [{ name: "Connection", value: "Date" }, own], [added]],
    ["is not added to interim answers", 103, [], []],
    ["is not added to another protocol", 101, [], []],
  ])("%s", (_, status, fields, expected) => {
    expect(dates(status, fields)).toEqual(expected);
  });
});
