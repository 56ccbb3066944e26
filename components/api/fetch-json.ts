import { type ZodType, z } from "zod";
import { problemSchema } from "@/lib/contracts/portal";
import { AppError } from "@/lib/shared/errors";

// The page's content security policy forbids eval; without this the schema library tries it and the browser logs it.
z.config({ jitless: true });

/** The portal refused a call: its problem document. */
export class ApiProblem extends AppError {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, code: string, detail: string, fields: Readonly<Record<string, string>> = {}) {
    super(code, detail);
    this.name = "ApiProblem";
    this.status = status;
    this.fields = fields;
  }
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  const problem = problemSchema.safeParse(body);
  if (problem.success) {
    return new ApiProblem(response.status, problem.data.code, problem.data.detail, problem.data.fields);
  }
  return new ApiProblem(
    response.status,
    "PORTAL_BAD_ANSWER",
    `The portal answered ${response.status} without saying why. Try again; if it stays, read the portal's log.`,
  );
}

function leaveForSignIn(): void {
  const here = `${window.location.pathname}${window.location.search}`;
  window.location.assign(`/sign-in?ended=1&callbackUrl=${encodeURIComponent(here)}`);
}

type FetchOptions = { method?: "GET" | "POST"; body?: unknown; signal?: AbortSignal; isSignedOut?: boolean };

/**
 * Call the portal and check its answer against the contract.
 *
 * Errors: ApiProblem with the portal's own code and text; PORTAL_UNREACHABLE, PORTAL_BAD_ANSWER. A session that ended
 * leads to the sign-in page, unless `isSignedOut` says that there is none.
 */
export async function fetchJson<T>(schema: ZodType<T>, url: string, options: FetchOptions = {}): Promise<T> {
  const { method = "GET", body, signal, isSignedOut = false } = options;
  const init: RequestInit = { method, cache: "no-store" };
  if (signal !== undefined) init.signal = signal;
  if (method === "POST") {
    init.headers = { "content-type": "application/json" };
    init.body = JSON.stringify(body ?? {});
  }
  const response = await fetch(url, init).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new ApiProblem(0, "PORTAL_UNREACHABLE", "The portal does not answer. Check that it runs, then try again.");
  });
  if (!response.ok) {
    if (response.status === 401 && !isSignedOut) leaveForSignIn();
    throw await readProblem(response);
  }
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (parsed.success) return parsed.data;
  throw new ApiProblem(
    response.status,
    "PORTAL_BAD_ANSWER",
    "The portal's answer has another shape than this page expects. Reload the page: the portal may have been updated.",
  );
}
