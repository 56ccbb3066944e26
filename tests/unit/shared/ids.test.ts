import { describe, expect, it } from "vitest";
import { isEqualInConstantTime, isSecretOf, newSecret, newShortId, sha256Hex } from "@/lib/shared/ids";

describe("ids", () => {
  it("are random and of a fixed form", () => {
    const secrets = Array.from({ length: 500 }, newSecret);
    expect(new Set(secrets).size).toBe(secrets.length);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(newShortId()).toMatch(/^[0-9a-f]{8}$/);
    expect(newShortId(2)).toMatch(/^[0-9a-f]{4}$/);
  });

  it("hash as SHA-256 does (FIPS 180-4, one-block message)", () => {
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex("ü")).toHaveLength(64);
  });

  it.each([
    ["same", "same", true],
    ["", "", true],
    ["same", "Same", false],
    ["long", "longer", false],
    ["a", "", false],
  ])("compare %j with %j", (left, right, isEqual) => {
    expect(isEqualInConstantTime(left, right)).toBe(isEqual);
  });
});

it("knows a secret by its digest, and nobody's by none", () => {
  const secret = newSecret();
  expect(isSecretOf(secret, sha256Hex(secret))).toBe(true);
  for (const digest of [sha256Hex(newSecret()), "0".repeat(64), "", "00", null, undefined])
    expect(isSecretOf(secret, digest)).toBe(false);
});
