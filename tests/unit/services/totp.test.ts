import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchTotp, toBase32, totpCode, totpStep, totpUri } from "@/lib/services/totp";
import { fromBase32 } from "@/tests/factories/base32";

/** The key of RFC 6238, appendix B, and RFC 4226, appendix D. */
const key = Buffer.from("12345678901234567890");

describe("totpCode", () => {
  it.each([
    [59, "94287082"],
    [1111111109, "07081804"],
    [1111111111, "14050471"],
    [1234567890, "89005924"],
    [2000000000, "69279037"],
    [20000000000, "65353130"],
  ])("gives RFC 6238's value at %d s", (seconds, code) => {
    expect(totpCode(key, totpStep(seconds * 1000), 8)).toBe(code);
  });

  it.each(
    ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"].map(
      (code, counter) => [counter, code] as const,
    ),
  )("gives RFC 4226's value of counter %d", (counter, code) => {
    expect(totpCode(key, counter)).toBe(code);
  });
});

describe("matchTotp", () => {
  const atMs = 1_234_567_890_000;
  it("takes the code of this step and of the ones beside it, no other", () => {
    const step = totpStep(atMs);
    const found = [-2, -1, 0, 1, 2].map((away) => matchTotp(key, totpCode(key, step + away), atMs));
    expect(found).toEqual([null, step - 1, step, step + 1, null]);
    for (const odd of ["", "12345", "1234567", "abcdef"]) expect(matchTotp(key, odd, atMs)).toBeNull();
  });
});

describe("toBase32", () => {
  it.each([
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ])("writes RFC 4648's %s", (text, written) => {
    expect(toBase32(Buffer.from(text))).toBe(written);
  });

  it("is read back as it was", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...fromBase32(toBase32(bytes))]).toEqual([...bytes]);
      }),
    );
  });
});

describe("totpUri", () => {
  it("names issuer and account", () => {
    expect(totpUri(key, "ana+x@example.com")).toBe(
      "otpauth://totp/Twinpath:ana%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Twinpath&algorithm=SHA1&digits=6&period=30",
    );
  });
});
