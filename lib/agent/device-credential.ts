import { type FileHandle, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import * as z from "zod";
import { problemSchema } from "@/lib/contracts/portal";
import { type DeviceCredential, deviceCredentialSchema } from "@/lib/contracts/subscribers";
import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";
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
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    if (errorCode(cause) === "ENOENT") return null;
    const reason = errorMessage(cause);
    throw new AppError(
      "AGENT_CREDENTIAL_NOT_READ",
      `${file} cannot be read (${reason}). Start the agent as its owner, or choose another folder (--data-dir).`,
      { cause },
    );
  });
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

function notKept(file: string, cause: unknown): AppError {
  const advice = "Let the agent write there, or choose another folder (--data-dir).";
  const text = `This device's credential cannot be kept in ${file} (${errorMessage(cause)}). ${advice}`;
  return new AppError("AGENT_CREDENTIAL_NOT_KEPT", text, { cause });
}

/** What becomes the file, open and empty. Errors: AppError AGENT_CREDENTIAL_NOT_KEPT. */
async function openNew(file: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(`${file}.new`, "w", 0o600);
    await handle.chmod(0o600);
    return handle;
  } catch (cause) {
    throw notKept(file, cause);
  }
}

/** Errors: AppError AGENT_CREDENTIAL_NOT_KEPT. */
async function keep(handle: FileHandle, file: string, kept: Kept): Promise<void> {
  try {
    await handle.writeFile(`${JSON.stringify(kept, null, 2)}\n`);
    await handle.sync();
    await rename(`${file}.new`, file);
  } catch (cause) {
    throw notKept(file, cause);
  }
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

/** Redeem the code once it is sure that there is a place for what it gives: it works once. */
async function enrol({ portalUrl, file, name }: CredentialOptions, code: string): Promise<DeviceCredential> {
  const handle = await openNew(file);
  try {
    const credential = await redeem(portalUrl, code, name ?? hostname().slice(0, 80));
    await keep(handle, file, { ...credential, portalUrl, codeSha256: sha256Hex(code) });
    return credential;
  } finally {
    await handle.close();
    await rm(`${file}.new`, { force: true });
  }
}

/**
 * The credential of this device: the kept one, or that for which a one-time code is redeemed at the portal, once.
 *
 * Errors: AppError AGENT_NOT_ENROLLED without either, AGENT_ENROL_FAILED with the portal's reason,
 * AGENT_BAD_CREDENTIAL_FILE, AGENT_CREDENTIAL_NOT_READ, AGENT_CREDENTIAL_NOT_KEPT (no code is used up then, but by a
 * disk that fails at that moment).
 */
export async function deviceCredential(options: CredentialOptions): Promise<DeviceCredential> {
  const { file, code } = options;
  const kept = await readKept(file);
  if (kept !== null && (code === null || kept.codeSha256 === sha256Hex(code)))
    return { deviceId: kept.deviceId, secret: kept.secret };
  if (code === null)
    throw new AppError(
      "AGENT_NOT_ENROLLED",
      "This device is not enrolled: start the agent once with --code and a one-time code from the portal, or set TWINPATH_DEVICE_ID and TWINPATH_DEVICE_SECRET.",
    );
  return enrol(options, code);
}
