import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** 128 random bits as 22 URL-safe characters: secrets of devices and nodes, one-time codes. */
export function newSecret(): string {
  return randomBytes(16).toString("base64url");
}

/** Short random name part, lower-case hexadecimal: namespaces, runs. */
export function newShortId(bytes = 4): string {
  return randomBytes(bytes).toString("hex");
}

/** SHA-256 of a UTF-8 text, as 64 hexadecimal characters. Enough for secrets of 128 random bits, never for passwords. */
export function sha256Hex(text: string): string {
  return hash("sha256", text);
}

/** What the secret of somebody unknown is compared with, so that it costs the same. */
const nobodysDigest = "0".repeat(64);

/**
 * Whether `sha256Hex` of the secret is this digest (absent: there is nobody, never true), in time that depends neither
 * on where they differ nor on whether there is somebody.
 */
export function isSecretOf(secret: string, digestHex: string | null | undefined): boolean {
  const digest = hash("sha256", secret, "buffer");
  const expected = Buffer.from(digestHex ?? nobodysDigest, "hex");
  return expected.length === digest.length && timingSafeEqual(digest, expected) && typeof digestHex === "string";
}

/** Compare two texts in time that does not depend on where they differ. */
export function isEqualInConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(hash("sha256", left, "buffer"), hash("sha256", right, "buffer"));
}
