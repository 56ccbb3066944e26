import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSearch, wholeNumbersOnly } from "@/lib/services/subscriber-search";

const kinds = (search: string) =>
  readSearch(search).map((meaning) => `${meaning.kind} ${"digits" in meaning ? meaning.digits : meaning.id}`);

describe("a search text", () => {
  it.each([
    ["+82 10-1234-5678", ["msisdn-prefix 821012345678"]],
    ["+82 (0)10 1234 5678", ["msisdn-prefix 821012345678"]],
    ["010-1234-5678", ["imsi-prefix 01012345678", "msisdn-suffix 1012345678", "device 010-1234-5678"]],
    ["0082101", ["imsi-prefix 0082101", "msisdn-prefix 82101", "msisdn-suffix 082101", "device 0082101"]],
    ["0123", ["imsi-prefix 0123", "msisdn-suffix 0123", "device 0123"]],
    ["45005", ["imsi-prefix 45005", "msisdn-prefix 45005", "msisdn-suffix 45005", "device 45005"]],
    ["82", ["imsi-prefix 82", "msisdn-prefix 82", "device 82"]],
    ["device-12", ["device device-12"]],
    ["", []],
    ["+", []],
    ["+ -", []],
  ])("%s means %j", (search, expected) => {
    expect(kinds(search)).toEqual(expected);
  });

  it.each([
    ["+82 10-1234-5678", ["msisdn"]],
    ["010-1234-5678", ["msisdn-suffix", "device"]],
    ["450050123456789", ["imsi", "msisdn", "msisdn-suffix", "device"]],
    ["5678", ["msisdn", "msisdn-suffix", "device"]],
    ["45678", ["msisdn", "device"]],
  ])("%s of who sees numbers masked means %j", (search, expected) => {
    expect(wholeNumbersOnly(readSearch(search)).map(({ kind }) => kind)).toEqual(expected);
  });

  it("that is a UUID is an id", () => {
    const id = "0b0f8a52-66b5-4c3d-9b4e-0d5a6b1f8f11";
    expect(kinds(` ${id} `)).toEqual([`subscriber ${id}`, `device ${id}`]);
  });

  it("finds every number by its E.164 form and by its end", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{6,14}$/), (msisdn) => {
        expect(readSearch(`+${msisdn}`)).toEqual([{ kind: "msisdn-prefix", digits: msisdn }]);
        expect(readSearch(msisdn.slice(-4))).toContainEqual({ kind: "msisdn-suffix", digits: msisdn.slice(-4) });
      }),
    );
  });

  it("never gives anything but digits for a number", () => {
    fc.assert(
      fc.property(fc.string(), (search) => {
        for (const meaning of readSearch(search)) if ("digits" in meaning) expect(meaning.digits).toMatch(/^\d+$/);
      }),
    );
  });
});
