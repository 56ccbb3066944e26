import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { AppError, errorMessage } from "@/lib/shared/errors";

export type CertificateFiles = { certFile: string; keyFile: string };

export type Certificate = {
  /** PEM: the proxy's certificate first, then those above it. */
  cert: Buffer;
  /** PEM, without a pass phrase. */
  key: Buffer;
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` prints it. */
  fingerprint: string;
  /** SHA-256 of both files: whether they are other ones than before. */
  digest: string;
};

/** The pair in these files. Errors: AppError PROXY_BAD_CERTIFICATE where they are no pair, or cannot be read. */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
  try {
    const cert = readFileSync(certFile);
    const key = readFileSync(keyFile);
    createSecureContext({ cert, key });
    const digest = createHash("sha256").update(cert).update(key).digest("hex");
    return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256, digest };
  } catch (cause) {
    throw new AppError(
      "PROXY_BAD_CERTIFICATE",
      `${certFile} and ${keyFile} are no certificate with its key (${errorMessage(cause)}). Give both as PEM files.`,
      { cause },
    );
  }
}
