import { beforeEach, describe, expect, it } from "vitest";
import { openSecret, sealSecret } from "@/lib/services/sealed-secret";
import { setEnv } from "@/lib/shared/env";

const secret = Buffer.from("12345678901234567890");

beforeEach(() => setEnv("NEXTAUTH_SECRET", "one secret of the portal, for this test only"));

describe("a sealed secret", () => {
  it("opens for its owner, and looks different each time", () => {
    const sealed = sealSecret(secret, "ana");
    expect(openSecret(sealed, "ana")).toEqual(secret);
    expect(sealSecret(secret, "ana")).not.toBe(sealed);
    expect(Buffer.from(sealed, "base64url").includes(secret)).toBe(false);
  });

  it("opens neither for another owner, nor changed, nor with another secret of the portal", () => {
    const sealed = sealSecret(secret, "ana");
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith("AA") ? "BB" : "AA"}`;
    for (const [text, owner] of [
      [sealed, "bo"],
      [changed, "ana"],
      ["", "ana"],
    ] as const)
      expect(() => openSecret(text, owner)).toThrow(expect.objectContaining({ code: "SECOND_FACTOR_UNREADABLE" }));
    setEnv("NEXTAUTH_SECRET", "another secret of the portal, for this test only");
    expect(() => openSecret(sealed, "ana")).toThrow(expect.objectContaining({ code: "SECOND_FACTOR_UNREADABLE" }));
  });
});
