import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { AppError, errorMessage } from "@/lib/shared/errors";
import type { CertificateFiles } from "./certificate";

const lifetimeDays = 3650;

/**
 * The folder's certificate for these addresses, made where there is none yet: clients must be given it, or its
 * fingerprint, to trust it. Errors: AppError PROXY_NO_OPENSSL.
 */
export async function selfMadeCertificate(folder: string, addresses: readonly string[]): Promise<CertificateFiles> {
  const files = { certFile: join(folder, "proxy.crt"), keyFile: join(folder, "proxy.key") };
  if (existsSync(files.certFile) && existsSync(files.keyFile)) return files;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = ["DNS:localhost", ...addresses.map((address) => `IP:${address}`)];
  const [key, cert] = [`${files.keyFile}.new`, `${files.certFile}.new`];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", String(lifetimeDays)];
  const subject = ["-subj", "/CN=twinpath proxy", "-addext", `subjectAltName=${names.join(",")}`];
  try {
    await promisify(execFile)("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", cert]);
  } catch (cause) {
    throw new AppError(
      "PROXY_NO_OPENSSL",
      `openssl could not make a certificate (${errorMessage(cause)}). Install it, or give --tls-cert and --tls-key.`,
      { cause },
    );
  }
  await rename(key, files.keyFile);
  await rename(cert, files.certFile);
  return files;
}
