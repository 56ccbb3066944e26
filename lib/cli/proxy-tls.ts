import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { CertificateFiles } from "@/lib/proxy/tls/certificate";
import { selfMadeCertificate } from "@/lib/proxy/tls/self-made-certificate";
import { readEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";

export type TlsOptions = { tls?: boolean; tlsCert?: string; tlsKey?: string };

/**
 * The certificate that the options name, or with `tls` alone a self-made one in the data folder; null: no TLS.
 * Errors: AppError CLI_HALF_CERTIFICATE where only one of both files is named.
 */
export async function proxyCertificate(options: TlsOptions, dataDir: string): Promise<CertificateFiles | null> {
  const certFile = options.tlsCert ?? readEnv("TWINPATH_TLS_CERT");
  const keyFile = options.tlsKey ?? readEnv("TWINPATH_TLS_KEY");
  if (certFile !== null && keyFile !== null) return { certFile, keyFile };
  if (certFile !== null || keyFile !== null)
    throw new AppError("CLI_HALF_CERTIFICATE", "Give both --tls-cert and --tls-key, or neither.");
  if (options.tls !== true) return null;
  const addresses = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).filter(({ scopeid }) => !scopeid).map(({ address }) => address),
  );
  return selfMadeCertificate(join(dataDir, "proxy", "tls"), addresses);
}
