import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import * as z from "zod";
import { problemSchema } from "@/lib/contracts/portal";
import { type DeviceCredential, deviceCredentialSchema } from "@/lib/contracts/subscribers";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";

export type CredentialOptions = {
  portalUrl: string;
  /** Where the credential is kept: readable by its owner only. */
  file: string;
  /** A one-time code; null after the first start. */
  code: string | null;
  /** How staff see the device; null: its host name. */
  name: string | null;
};

/** `codeSha256`: a start with the code that was used up already needs no other one. */
const keptSchema = deviceCredentialSchema.extend({ portalUrl: z.string(), codeSha256: z.string() });
type Kept = z.infer<typeof keptSchema>;

const redeemTimeoutMs = 15_000;

async function readKept(file: string): Promise<Kept | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return keptSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError(
      "AGENT_BAD_CREDENTIAL_FILE",
      `${file} holds no device credential: remove it and enrol the device with a new code (--code).`,
      { cause },
    );
  }
}

async function keep(file: string, kept: Kept): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
}

async function refusalText(response: Response): Promise<string> {
  const problem = problemSchema.safeParse(await response.json().catch(() => null));
  return problem.success ? problem.data.detail : `the portal answered ${response.status}`;
}

async function redeem(portalUrl: string, code: string, name: string): Promise<DeviceCredential> {
  const response = await fetch(`${portalUrl}/api/agents/enrol`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code, name }),
    signal: AbortSignal.timeout(redeemTimeoutMs),
  }).catch((cause: unknown) => {
    const reason =
      cause instanceof Error && cause.cause !== undefined ? errorMessage(cause.cause) : errorMessage(cause);
    throw new AppError(
      "AGENT_ENROL_FAILED",
      `The portal at ${portalUrl} was not reached (${reason}). Check --portal.`,
      {
        cause,
      },
    );
  });
  if (!response.ok)
    throw new AppError("AGENT_ENROL_FAILED", `This device was not enrolled: ${await refusalText(response)}`);
  return deviceCredentialSchema.parse(await response.json());
}

/**
 * The credential of this device: the kept one, or that for which a one-time code is redeemed at the portal, once.
 *
 * Errors: AppError AGENT_NOT_ENROLLED without either, AGENT_ENROL_FAILED with the portal's reason,
 * AGENT_BAD_CREDENTIAL_FILE.
 */
export async function deviceCredential(options: CredentialOptions): Promise<DeviceCredential> {
  const { portalUrl, file, code, name } = options;
  const kept = await readKept(file);
  const codeSha256 = code === null ? "" : sha256Hex(code);
  if (kept !== null && (code === null || kept.codeSha256 === codeSha256))
    return { deviceId: kept.deviceId, secret: kept.secret };
  if (code === null)
    throw new AppError(
      "AGENT_NOT_ENROLLED",
      "This device is not enrolled: start the agent once with --code and a one-time code from the portal, or set TWINPATH_DEVICE_ID and TWINPATH_DEVICE_SECRET.",
    );
  const credential = await redeem(portalUrl, code, name ?? hostname().slice(0, 80));
  await keep(file, { ...credential, portalUrl, codeSha256 });
  return credential;
}
