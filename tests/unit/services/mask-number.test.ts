import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { say } from "@/lib/contracts/sentences";
import { maskNumber, maskNumbersIn, maskNumbersInTold } from "@/lib/services/mask-number";

describe("a masked number", () => {
  it.each([
    ["+821012345678", "••••5678"],
    ["010-1234-5678", "••••5678"],
    ["450050123456789", "••••6789"],
    ["12", "••••12"],
    ["not a number", "••••"],
  ])("%s is %s", (number, masked) => {
    expect(maskNumber(number)).toBe(masked);
  });

  it("has four digits at most, whatever it was", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(maskNumber(text)).toMatch(/^•{4}\d{0,4}$/);
      }),
    );
  });

  it("is masked in a sentence, and small figures are left", () => {
    const sentence = "Line 1000000 has the same imsi 450050123456789 as +8210555";
    expect(maskNumbersIn(sentence)).toBe("Line 1000000 has the same imsi ••••6789 as ••••0555");
  });

  it("is masked in a sentence by its code, and a cell is, in whatever writing", () => {
    const told = [
      say("importOddMsisdn", { cell: "010-1234-5678" }).told,
      say("importChange", { column: "imsi", before: "none", after: "450050123456789" }).told,
      say("importOddState", { cell: "gone" }).told,
      say("importRepeats", { first: 100_000_000, column: "msisdn" }).told,
    ];
    expect(told.map((one) => maskNumbersInTold(one).values)).toEqual([
      { cell: "••••5678" },
      { column: "imsi", before: "none", after: "••••6789" },
      { cell: "gone" },
      { first: 100_000_000, column: "msisdn" },
    ]);
  });
});
