import type { ZodError } from "zod";
import type { Problem } from "@/lib/contracts/portal";
import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";

const log = createLog("http");

type Entry = { status: number; title: string; field?: string };

/** The one table from an error's code to an HTTP answer. A code that is not here is our own fault: 500. */
export const problems: Readonly<Record<string, Entry>> = {
  AUTH_REQUIRED: { status: 401, title: "Sign in first" },
  AUTH_FORBIDDEN: { status: 403, title: "Not allowed" },
  ORIGIN_REFUSED: { status: 403, title: "Request from another site" },
  NOT_FOUND: { status: 404, title: "Not found" },
  REQUEST_BAD_CURSOR: { status: 400, title: "Bad cursor" },
  REQUEST_BAD_JSON: { status: 400, title: "Not JSON" },
  REQUEST_INVALID: { status: 422, title: "Some fields are not right" },
  REQUEST_NOT_JSON: { status: 415, title: "JSON only" },
  REQUEST_TOO_LARGE: { status: 413, title: "Too large" },
  PASSWORD_TOO_COMMON: { status: 422, title: "Choose another password", field: "password" },
  PASSWORD_TOO_SHORT: { status: 422, title: "Choose a longer password", field: "password" },
  SETUP_DONE: { status: 409, title: "Set up already" },
  SETUP_LINK_INVALID: { status: 410, title: "Set-up link not valid" },
  DEMO_BUSY: { status: 409, title: "A comparison is on" },
  DEMO_NO_TESTBED: { status: 409, title: "No testbed connected" },
  DEMO_RUN_OVER: { status: 409, title: "The run is over" },
  DEMO_RUN_UNKNOWN: { status: 404, title: "No such run" },
  DEVICE_UNKNOWN: { status: 404, title: "No such device" },
  POLICY_MISSING: { status: 503, title: "No policy yet" },
  TELEMETRY_NOT_MONOTONE: { status: 422, title: "Counters went back" },
  PORTAL_STOPPING: { status: 503, title: "The portal is stopping" },
  DATABASE_AWAY: { status: 503, title: "The database does not answer" },
  INTERNAL: { status: 500, title: "Our fault" },
};

/** Of Prisma and of the operating system: no connection to the database, or none in time. */
const databaseAwayCodes = new Set([
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "ECONNREFUSED",
  "ECONNRESET",
  "57P03",
  "57P01",
]);

/** Request data of the wrong shape: field path to what is wrong with it. */
function fieldsOf(error: ZodError): Record<string, string> {
  return Object.fromEntries(error.issues.map((issue) => [issue.path.join("."), issue.message]));
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError && error.code in problems) return error;
  const code = errorCode(error);
  if (code !== null && databaseAwayCodes.has(code))
    return new AppError("DATABASE_AWAY", "The database does not answer. Try again in a moment.", { cause: error });
  return new AppError("INTERNAL", "Something went wrong here; the log of the portal says what.", { cause: error });
}

/** The RFC 9457 answer to anything a handler threw. What is our own fault is logged and not told. */
export function problemResponse(thrown: unknown, request: Request): Response {
  const { method, url } = request;
  const isInvalid = thrown instanceof RequestInvalid;
  const error = isInvalid ? thrown : asAppError(thrown);
  const { status, title, field } = problems[error.code] ?? { status: 500, title: "Our fault" };
  if (status === 500)
    log.error({ err: thrown, method, path: new URL(url).pathname, code: error.code }, errorMessage(thrown));
  const fields = isInvalid ? fieldsOf(thrown.zod) : field === undefined ? null : { [field]: error.message };
  const problem: Problem = {
    type: `urn:twinpath:problem:${error.code.toLowerCase().replaceAll("_", "-")}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(fields === null ? {} : { fields }),
  };
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="twinpath"');
  if (status === 503) headers.set("retry-after", "2");
  if (error.code === "PORTAL_STOPPING") headers.set("connection", "close");
  return new Response(JSON.stringify(problem), { status, headers });
}

/** What the request carried does not have the shape of the contract. */
export class RequestInvalid extends AppError {
  readonly zod: ZodError;

  constructor(zod: ZodError) {
    const first = zod.issues[0];
    const where = first === undefined || first.path.length === 0 ? "the request" : first.path.join(".");
    super("REQUEST_INVALID", `${where}: ${first?.message ?? "not as expected"}`);
    this.zod = zod;
  }
}
