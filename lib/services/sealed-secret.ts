import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { requireEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";

const cipher = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/** A key of its own, derived from the portal's secret. Source: RFC 5869. */
function keyOf(): Buffer {
  return Buffer.from(hkdfSync("sha256", requireEnv("NEXTAUTH_SECRET"), "", "twinpath second factor", 32));
}

/**
 * A secret as the database keeps it: of no use without the portal's secret, nor in another account's row.
 * Source: NIST SP 800-38D (AES-GCM, random 96-bit IV).
 */
export function sealSecret(secret: Uint8Array, owner: string): string {
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, keyOf(), iv).setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([sealing.update(secret), sealing.final()]);
  return Buffer.concat([iv, sealing.getAuthTag(), sealed]).toString("base64url");
}

/** Errors: AppError SECOND_FACTOR_UNREADABLE where it was sealed with another secret of the portal, or for another owner. */
export function openSecret(text: string, owner: string): Buffer {
  const bytes = Buffer.from(text, "base64url");
  const tag = bytes.subarray(ivBytes, ivBytes + tagBytes);
  try {
    const opening = createDecipheriv(cipher, keyOf(), bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
    opening.setAAD(Buffer.from(owner)).setAuthTag(tag);
    return Buffer.concat([opening.update(bytes.subarray(ivBytes + tagBytes)), opening.final()]);
  } catch (cause) {
    throw new AppError(
      "SECOND_FACTOR_UNREADABLE",
      "The portal's secret is another one than when this second factor was set up. An administrator can turn it off.",
      { cause },
    );
  }
}
