import type * as z from "zod";
import { type ApiCall, type ApiMethod, apiCalls, type KnownCalls } from "@/lib/contracts/api";
import { type Problem, problemSchema } from "@/lib/contracts/portal";
import { AppError, errorMessage } from "@/lib/shared/errors";

const requestTimeoutMs = 60_000;

export type ApiPath = keyof KnownCalls & string;
export type MethodOf<Path extends ApiPath> = keyof KnownCalls[Path] & ApiMethod;
type CallOf<Path extends ApiPath, Method extends MethodOf<Path>> = KnownCalls[Path][Method];

type Part<Call, Name extends string> =
  Call extends Record<Name, infer Schema extends z.ZodType> ? Record<Name, z.input<Schema>> : unknown;
type Headers<Call> = Call extends { needs: readonly unknown[] }
  ? { ifMatch?: string; idempotencyKey?: string }
  : unknown;

/** What a call takes, part by part, as the API's description has it. */
export type InputOf<Path extends ApiPath, Method extends MethodOf<Path>> = Part<CallOf<Path, Method>, "params"> &
  Part<CallOf<Path, Method>, "query"> &
  Part<CallOf<Path, Method>, "body"> &
  Headers<CallOf<Path, Method>>;

/** Its answer: JSON of its shape, null for nothing, else the Response (files, text, events). */
export type AnswerOf<Path extends ApiPath, Method extends MethodOf<Path>> =
  CallOf<Path, Method> extends { answer: { json: infer Schema extends z.ZodType } }
    ? z.output<Schema>
    : CallOf<Path, Method> extends { answer: "nothing" }
      ? null
      : Response;

/** The parts of any call, unchecked. */
export type CallInput = {
  params?: Readonly<Record<string, unknown>>;
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
  ifMatch?: string;
  idempotencyKey?: string;
};

/** The portal said no; AppError API_REFUSED, with what it said. Source: RFC 9457. */
export class ApiRefusal extends AppError {
  constructor(
    readonly status: number,
    readonly problem: Problem | null,
    text: string,
  ) {
    super("API_REFUSED", text);
  }
}

/** Answers have ETags bare, the header has them in quotes. Source: RFC 9110 §8.8.3. */
const quoted = (etag: string): string => (/^(\*$|")/.test(etag) ? etag : `"${etag}"`);

function addressOf(path: string, params: CallInput["params"]): string {
  return path.replaceAll(/\[(?:\.\.\.)?(\w+)\]/g, (_, name: string) => {
    const value = params?.[name];
    if (value === undefined || value === "") throw new AppError("API_CALL_INCOMPLETE", `The call takes "${name}".`);
    return encodeURIComponent(String(value));
  });
}

function searchOf(query: CallInput["query"]): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

function sentenceOf(status: number, problem: Problem | null, text: string): string {
  if (problem === null) return `The portal answered ${status}: ${text.slice(0, 300)}`;
  const fields = Object.entries(problem.fields ?? {}).map(([field, message]) => `${field}: ${message}`);
  return [`${problem.detail} (${status}, ${problem.code})`, ...fields].join("\n");
}

function asProblem(text: string): Problem | null {
  try {
    return problemSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * The portal's API for programs, by an API token. Calls, parts and answers are typed by the same description as the
 * OpenAPI document, and answers are held against it.
 *
 * Errors of every call: ApiRefusal; AppError PORTAL_UNREACHABLE, API_CALL_INCOMPLETE, API_CALL_UNKNOWN, API_ANSWER_ODD.
 */
export class ApiClient {
  /** @param portalUrl as this machine reaches it; `token`: `<id>.<secret>` of Govern, API tokens */
  constructor(
    private readonly portalUrl: string,
    private readonly token: string,
  ) {}

  call<Path extends ApiPath, Method extends MethodOf<Path>>(
    method: Method,
    path: Path,
    input: InputOf<Path, Method>,
  ): Promise<AnswerOf<Path, Method>> {
    return this.callByName(method, path, input as CallInput) as Promise<AnswerOf<Path, Method>>;
  }

  /** A call whose name is known when it is made. */
  async callByName(method: ApiMethod, path: string, input: CallInput = {}): Promise<unknown> {
    const call = apiCalls[path]?.[method];
    if (call === undefined) throw new AppError("API_CALL_UNKNOWN", `The API has no ${method} ${path}.`);
    const response = await this.send(method, path, input, call);
    const { answer } = call;
    if (!response.ok) {
      const text = await response.text();
      const problem = asProblem(text);
      throw new ApiRefusal(response.status, problem, sentenceOf(response.status, problem, text));
    }
    if (answer === "nothing") return null;
    if (typeof answer === "string" || "events" in answer) return response;
    const parsed = answer.json.safeParse(await response.json());
    if (!parsed.success)
      throw new AppError("API_ANSWER_ODD", `The portal's answer has another shape: ${parsed.error.message}`);
    return parsed.data;
  }

  private async send(method: ApiMethod, path: string, input: CallInput, call: ApiCall): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    if (call.upload !== undefined) headers["content-type"] = call.upload;
    else if (method !== "GET") headers["content-type"] = "application/json";
    if (input.ifMatch !== undefined) headers["if-match"] = quoted(input.ifMatch);
    if (input.idempotencyKey !== undefined) headers["idempotency-key"] = input.idempotencyKey;
    const body = call.upload === undefined ? JSON.stringify(input.body ?? {}) : String(input.body ?? "");
    const url = `${this.portalUrl.replace(/\/+$/, "")}/api/${addressOf(path, input.params)}${searchOf(input.query)}`;
    // A stream of events has no end to wait for.
    const isStream = typeof call.answer === "object" && "events" in call.answer;
    const signal = isStream ? null : AbortSignal.timeout(requestTimeoutMs);
    try {
      return await fetch(url, { method, headers, signal, ...(method === "GET" ? {} : { body }) });
    } catch (cause) {
      throw new AppError(
        "PORTAL_UNREACHABLE",
        `The portal at ${this.portalUrl} does not answer: ${errorMessage(cause)}`,
        {
          cause,
        },
      );
    }
  }
}
