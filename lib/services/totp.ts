import { createHmac } from "node:crypto";
import { isEqualInConstantTime } from "@/lib/shared/ids";

const stepMs = 30_000;
/** A code counts this many steps before and after its own: clocks differ, and typing takes time (RFC 6238 §5.2). */
const drift = 1;

/** Source: RFC 4648 §6, table 3. */
const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Bytes as base32 without padding, as authenticator apps take it. */
export function toBase32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let heldBits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    heldBits += 8;
    for (; heldBits >= 5; heldBits -= 5) text += base32[(held >> (heldBits - 5)) & 31];
    held &= (1 << heldBits) - 1;
  }
  return heldBits === 0 ? text : `${text}${base32[(held << (5 - heldBits)) & 31]}`;
}

/** The time step that a moment is in. Source: RFC 6238 §4.2 (X = 30 s, T0 = 0). */
export function totpStep(atMs: number): number {
  return Math.floor(atMs / stepMs);
}

/** The code of a step, HMAC-SHA-1. Source: RFC 6238 §4, RFC 4226 §5.3. */
export function totpCode(secret: Uint8Array, step: number, digits = 6): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** The step whose code this is, near the moment; null for a wrong code. */
export function matchTotp(secret: Uint8Array, code: string, atMs: number): number | null {
  const now = totpStep(atMs);
  const steps = Array.from({ length: 2 * drift + 1 }, (_, index) => now - drift + index);
  // All are compared, so that the time taken does not tell which one it was.
  const matches = steps.filter((step) => isEqualInConstantTime(totpCode(secret, step), code));
  return matches.at(-1) ?? null;
}

/** What an authenticator app reads from the QR code. Source: the "otpauth" key URI format. */
export function totpUri(secret: Uint8Array, email: string): string {
  const query = new URLSearchParams({
    secret: toBase32(secret),
    issuer: "Twinpath",
    algorithm: "SHA1",
    digits: "6",
    period: "30",
  });
  return `otpauth://totp/Twinpath:${encodeURIComponent(email)}?${query}`;
}
