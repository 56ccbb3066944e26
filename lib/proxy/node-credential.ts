import { readFileSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { nodeCredentialSchema } from "@/lib/contracts/nodes";
import { problemSchema } from "@/lib/contracts/portal";
import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";
import { isSecretOf, sha256Hex } from "@/lib/shared/ids";

/** `codeSha256`: a start with the code that was used up already needs no other one. */
const keptSchema = z.object({ credential: z.string(), portalUrl: z.string(), codeSha256: z.string() });
type Kept = z.infer<typeof keptSchema>;

const joinTimeoutMs = 15_000;

/** Null: there is no such file. Errors: AppError NODE_BAD_CREDENTIAL_FILE. */
function readKept(file: string): Kept | null {
  try {
    return keptSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return null;
    throw new AppError(
      "NODE_BAD_CREDENTIAL_FILE",
      `${file} holds no node credential: remove it and join with a new code (--join).`,
      { cause },
    );
  }
}

/** On disk before it is used: a node that knows neither the old nor the new one would have to join again. */
async function keep(file: string, kept: Kept): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(`${file}.new`, "w", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(kept, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

async function refusalText(response: Response): Promise<string> {
  const problem = problemSchema.safeParse(await response.json().catch(() => null));
  return problem.success ? problem.data.detail : `the portal answered ${response.status}`;
}

async function redeem({ portalUrl, address }: JoinOptions, code: string): Promise<string> {
  const response = await fetch(`${portalUrl}/api/nodes/join`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code, address }),
    signal: AbortSignal.timeout(joinTimeoutMs),
  }).catch((cause: unknown) => {
    const reason = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    throw new AppError(
      "NODE_JOIN_FAILED",
      `The portal at ${portalUrl} was not reached (${errorMessage(reason)}). Check --portal.`,
      { cause },
    );
  });
  if (!response.ok) throw new AppError("NODE_JOIN_FAILED", `This node did not join: ${await refusalText(response)}`);
  return nodeCredentialSchema.parse(await response.json()).credential;
}

export type JoinOptions = {
  portalUrl: string;
  /** Where the credential is kept: readable by its owner only. */
  file: string;
  /** A one-time code; null after the first start. */
  code: string | null;
  /** Where devices reach the node, `address:port`; null: staff say it. */
  address: string | null;
};

/** What a node shows the portal, `<id>.<secret>`. One that joined keeps it in a file, where its next process finds it. */
export class NodeCredential {
  private value: string;

  private constructor(
    value: string,
    private readonly file: string | null,
  ) {
    this.value = value;
  }

  /** One that whoever starts the node gives it, and changes. */
  static given(credential: string): NodeCredential {
    return new NodeCredential(credential, null);
  }

  /**
   * The kept one, else that of a node that joins now.
   * Errors: AppError NODE_NO_CREDENTIAL, NODE_JOIN_FAILED, NODE_BAD_CREDENTIAL_FILE.
   */
  static async joined(options: JoinOptions): Promise<NodeCredential> {
    const { file, code, portalUrl } = options;
    const kept = readKept(file);
    if (kept !== null && (code === null || isSecretOf(code, kept.codeSha256)))
      return new NodeCredential(kept.credential, file);
    if (code === null)
      throw new AppError(
        "NODE_NO_CREDENTIAL",
        "This node has not joined: give --join with a code of the portal's page Nodes, or TWINPATH_NODE_CREDENTIAL.",
      );
    const credential = await redeem(options, code);
    await keep(file, { credential, portalUrl, codeSha256: sha256Hex(code) });
    return new NodeCredential(credential, file);
  }

  get current(): string {
    return this.value;
  }

  /** Take what another process of this node wrote. @returns whether it is another one */
  reload(): boolean {
    const kept = this.file === null ? null : readKept(this.file);
    if (kept === null || kept.credential === this.value) return false;
    this.value = kept.credential;
    return true;
  }

  /** Use another one from here on. Errors: AppError NODE_CREDENTIAL_GIVEN, and those of the file system. */
  async replace(credential: string): Promise<void> {
    const kept = this.file === null ? null : readKept(this.file);
    if (this.file === null || kept === null)
      throw new AppError("NODE_CREDENTIAL_GIVEN", "The credential was given at the start: change it there.");
    await keep(this.file, { ...kept, credential });
    this.value = credential;
  }
}
