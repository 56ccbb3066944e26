import type { ZodType } from "zod";
import type { Problem } from "@/lib/contracts/portal";
import { AppError, errorMessage } from "@/lib/shared/errors";

/**
 * What an answer must be: a schema, or how to load it. Making a contract's schemas keeps a page from answering for some
 * tens of milliseconds; one that is loaded by its first use does so after the page is there.
 */
export type Shape<T> = ZodType<T> | (() => Promise<ZodType<T>>);

/** For calls that are answered without content (204). */
export async function noContent(): Promise<ZodType<null>> {
  const { null: nothing } = await import("zod");
  return nothing();
}

/** With 412: what is there now, in the shape of the answer to GET. */
export type CurrentItem = { etag: string; item: unknown };

/** The portal refused a call: its problem document. */
export class ApiProblem extends AppError {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly current: CurrentItem | null;
  /** Its text and its fields' texts by codes. */
  readonly told: NonNullable<Problem["told"]>;

  constructor(
    status: number,
    code: string,
    detail: string,
    fields: Readonly<Record<string, string>> = {},
    current: CurrentItem | null = null,
    told: NonNullable<Problem["told"]> = {},
  ) {
    super(code, detail);
    this.name = "ApiProblem";
    this.status = status;
    this.fields = fields;
    this.current = current;
    this.told = told;
  }
}

/**
 * The schema, loaded where it is not yet.
 * Errors: ApiProblem PORTAL_OTHER_SHAPE: the portal has no such script any more, for it is newer than this page.
 */
export async function loadShape<T>(shape: Shape<T>): Promise<ZodType<T>> {
  try {
    // The page's content security policy forbids eval; without this the schema library tries it and the browser logs it.
    const { config } = await import("zod");
    config({ jitless: true });
    return typeof shape === "function" ? await shape() : shape;
  } catch (error) {
    throw new ApiProblem(0, "PORTAL_OTHER_SHAPE", errorMessage(error));
  }
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  const { problemSchema } = await import("@/lib/contracts/portal");
  const problem = problemSchema.safeParse(body);
  if (problem.success) {
    const { code, detail, fields, current, told } = problem.data;
    return new ApiProblem(response.status, code, detail, fields, current ?? null, told);
  }
  return new ApiProblem(response.status, "PORTAL_BAD_ANSWER", response.statusText);
}

function leaveForSignIn(): void {
  const here = `${window.location.pathname}${window.location.search}`;
  window.location.assign(`/sign-in?ended=1&callbackUrl=${encodeURIComponent(here)}`);
}

/** What a write depends on: the ETag that was read, or that there is nothing yet. */
export type WriteCondition = { ifMatch: string } | { isNew: true };

type FetchOptions = {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, with its own content type, in place of a JSON body. */
  file?: { content: Blob; type: string };
  condition?: WriteCondition;
  /** Of `newIdempotencyKey`: the same call sent twice has its effect once. */
  idempotencyKey?: string;
  signal?: AbortSignal;
  isSignedOut?: boolean;
};

function requestOf(options: FetchOptions): RequestInit {
  const { method = "GET", body, file, condition, idempotencyKey, signal } = options;
  const headers = new Headers();
  const init: RequestInit = { method, headers, cache: "no-store" };
  if (signal !== undefined) init.signal = signal;
  if (method !== "GET") {
    headers.set("content-type", file?.type ?? "application/json");
    init.body = file?.content ?? JSON.stringify(body ?? {});
  }
  if (condition !== undefined) {
    if ("isNew" in condition) headers.set("if-none-match", "*");
    else headers.set("if-match", `"${condition.ifMatch}"`);
  }
  if (idempotencyKey !== undefined) headers.set("idempotency-key", idempotencyKey);
  return init;
}

async function readAnswer(response: Response): Promise<unknown> {
  return response.status === 204 ? null : response.json().catch(() => null);
}

/**
 * Call the portal and check its answer against the contract. An answer without content (204) is null.
 *
 * Errors: ApiProblem with the portal's own code and text (and `current` with 412); PORTAL_UNREACHABLE,
 * PORTAL_BAD_ANSWER, PORTAL_OTHER_SHAPE. `errorText` has the words for the reader. A session that ended leads to the sign-in page, unless `isSignedOut` says that there is none.
 */
export async function fetchJson<T>(shape: Shape<T>, url: string, options: FetchOptions = {}): Promise<T> {
  const { signal, isSignedOut = false } = options;
  const response = await fetch(url, requestOf(options)).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new ApiProblem(0, "PORTAL_UNREACHABLE", "no answer");
  });
  if (!response.ok) {
    if (response.status === 401 && !isSignedOut) leaveForSignIn();
    throw await readProblem(response);
  }
  const [schema, answer] = await Promise.all([loadShape(shape), readAnswer(response)]);
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ApiProblem(response.status, "PORTAL_OTHER_SHAPE", parsed.error.message);
}
