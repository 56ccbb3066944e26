import type { ZodError } from "zod";
import { fieldSaid } from "@/lib/contracts/field-said";
import type { Problem } from "@/lib/contracts/portal";
import { say } from "@/lib/contracts/sentences";
import { FieldsRefused } from "@/lib/services/fields-refused";
import { LostUpdate } from "@/lib/services/lost-update";
import { AppError, errorCode, SaidError } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { loggedPath } from "@/lib/shared/logged-path";
import type { Said } from "@/lib/shared/said";

const log = createLog("http");

type Entry = { status: number; title: string; field?: string };

/** The one table from an error's code to an HTTP answer. A code that is not here is our own fault: 500. */
export const problems: Readonly<Record<string, Entry>> = {
  AUTH_REQUIRED: { status: 401, title: "Sign in first" },
  AUTH_FORBIDDEN: { status: 403, title: "Not allowed" },
  ORIGIN_REFUSED: { status: 403, title: "Request from another site" },
  NOT_FOUND: { status: 404, title: "Not found" },
  REQUEST_BAD_CURSOR: { status: 400, title: "Bad cursor" },
  BAD_ADDRESS: { status: 400, title: "Bad address" },
  REQUEST_BAD_JSON: { status: 400, title: "Not JSON" },
  REQUEST_INTERRUPTED: { status: 400, title: "Request broken off" },
  REQUEST_INVALID: { status: 422, title: "Some fields are not right" },
  REQUEST_NOT_CSV: { status: 415, title: "CSV only" },
  REQUEST_NOT_BYTES: { status: 415, title: "Bytes only" },
  REQUEST_NOT_JSON: { status: 415, title: "JSON only" },
  REQUEST_TOO_LARGE: { status: 413, title: "Too large" },
  PASSWORD_TOO_COMMON: { status: 422, title: "Choose another password", field: "password" },
  PASSWORD_TOO_SHORT: { status: 422, title: "Choose a longer password", field: "password" },
  PASSWORD_WRONG: { status: 422, title: "Wrong password" },
  SIGN_IN_THROTTLED: { status: 429, title: "Too many tries" },
  STAFF_DISABLED: { status: 409, title: "The account is disabled" },
  STAFF_LAST_ADMIN: { status: 409, title: "The last administrator" },
  STAFF_LINK_INVALID: { status: 410, title: "Link not valid" },
  STAFF_OWN_ACCOUNT: { status: 409, title: "Your own account" },
  STAFF_TAKEN: { status: 409, title: "Another account has it" },
  STAFF_UNKNOWN: { status: 404, title: "No such account" },
  SECOND_FACTOR_OFF: { status: 409, title: "No second factor" },
  SECOND_FACTOR_ON: { status: 409, title: "The second factor is on" },
  SECOND_FACTOR_REFUSED: { status: 422, title: "Wrong code", field: "code" },
  SECOND_FACTOR_UNREADABLE: { status: 409, title: "The second factor cannot be checked" },
  TOKEN_UNKNOWN: { status: 404, title: "No such token" },
  SETUP_DONE: { status: 409, title: "Set up already" },
  SETUP_LINK_INVALID: { status: 410, title: "Set-up link not valid" },
  PRECONDITION_MISSING: { status: 428, title: "Say which version you saw" },
  PRECONDITION_FAILED: { status: 412, title: "Somebody else changed it" },
  IDEMPOTENCY_KEY_MISSING: { status: 400, title: "Idempotency-Key is missing" },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: "Idempotency-Key was used before" },
  SESSION_UNKNOWN: { status: 404, title: "No such session" },
  SUBSCRIBER_UNKNOWN: { status: 404, title: "No such subscriber" },
  SUBSCRIBER_TAKEN: { status: 409, title: "Another subscriber has it" },
  SNAPSHOT_NOT_SHOWN: { status: 409, title: "Not what was shown" },
  SNAPSHOT_UNKNOWN: { status: 404, title: "No such snapshot" },
  SNAPSHOT_EXPIRED: { status: 410, title: "The snapshot expired" },
  SNAPSHOT_REVOKED: { status: 410, title: "The snapshot was taken back" },
  WEBHOOK_MISSING: { status: 409, title: "No webhook is set" },
  WEBHOOK_REFUSED: { status: 422, title: "Not an address that is called" },
  WEBHOOK_FAILED: { status: 502, title: "The webhook did not take it" },
  ALERT_UNKNOWN: { status: 404, title: "No such alert" },
  BULK_SET_CHANGED: { status: 409, title: "The set changed" },
  DEVICE_REVOKED: { status: 409, title: "The device was revoked" },
  ENROLMENT_REFUSED: { status: 410, title: "Enrolment code not valid" },
  ENROLMENT_THROTTLED: { status: 429, title: "Too many tries" },
  ENROLMENT_TOO_MANY: { status: 409, title: "Too many open codes" },
  IMPORT_WRONG_STATE: { status: 409, title: "Not in this state" },
  DEMO_BUSY: { status: 409, title: "A comparison is on" },
  DEMO_DOWNLOAD_ONLY: { status: 409, title: "Downloads only" },
  DEMO_LANE_REFUSED: { status: 409, title: "The device cannot run a lane" },
  DEMO_NO_DEVICE: { status: 409, title: "The device is not there" },
  DEMO_NO_TESTBED: { status: 409, title: "No testbed connected" },
  DEMO_RUN_GOES_ON: { status: 409, title: "The run goes on" },
  DEMO_RUN_OVER: { status: 409, title: "The run is over" },
  DEMO_RUN_UNKNOWN: { status: 404, title: "No such run" },
  DEMO_SHARE_REFUSED: { status: 410, title: "Link not valid" },
  DEMO_SHARE_THROTTLED: { status: 429, title: "Too many looks" },
  DEMO_SOURCE_BUSY: { status: 429, title: "Fetched already" },
  DEMO_SHARE_TOO_MANY: { status: 409, title: "Too many links" },
  DEVICE_UNKNOWN: { status: 404, title: "No such device" },
  NODE_UNKNOWN: { status: 404, title: "No such node" },
  JOIN_REFUSED: { status: 410, title: "Join code not valid" },
  JOIN_THROTTLED: { status: 429, title: "Too many tries" },
  JOIN_TOO_MANY: { status: 409, title: "Too many open codes" },
  NODE_NOT_JOINED: { status: 409, title: "Not a credential of ours" },
  NODE_AWAY: { status: 409, title: "The node is not connected" },
  TABLE_VIEW_TOO_MANY: { status: 409, title: "Too many views" },
  POLICY_BAD_CIDR: { status: 409, title: "The policy has errors" },
  POLICY_BAD_RULE: { status: 409, title: "The policy has errors" },
  POLICY_CANARY_ON: { status: 409, title: "A version is on trial" },
  POLICY_HAS_ERRORS: { status: 409, title: "The policy has errors" },
  POLICY_IN_FORCE: { status: 409, title: "In force already" },
  POLICY_MISSING: { status: 503, title: "No policy yet" },
  POLICY_NO_CANARY: { status: 409, title: "No version is on trial" },
  POLICY_NO_CHANGES: { status: 409, title: "Nothing to publish" },
  POLICY_VERSION_UNKNOWN: { status: 404, title: "No such version" },
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
  "P2028",
  "ECONNREFUSED",
  "ECONNRESET",
  "57P03",
  "57P01",
]);

/** Request data of the wrong shape: field path to what is wrong with it. */
function fieldsOf(error: ZodError): Record<string, Said> {
  return Object.fromEntries(error.issues.map((issue) => [issue.path.join("."), fieldSaid(issue)]));
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError && error.code in problems) return error;
  const code = errorCode(error);
  if (code !== null && databaseAwayCodes.has(code))
    return new AppError("DATABASE_AWAY", "The database does not answer. Try again in a moment.", { cause: error });
  return new AppError("INTERNAL", "Something went wrong here; the log of the portal says what.", { cause: error });
}

/** For forms: which field to mend. */
function fieldsFor(thrown: unknown): Readonly<Record<string, Said>> | null {
  if (thrown instanceof RequestInvalid) return fieldsOf(thrown.zod);
  return thrown instanceof FieldsRefused ? thrown.fields : null;
}

/** What the document says, in its English and its coded form. */
function saidOf(thrown: unknown, error: AppError): Pick<Problem, "fields" | "told"> {
  if (thrown instanceof SaidError) return { told: { detail: thrown.said.told } };
  const fields = Object.entries(fieldsFor(thrown) ?? {});
  const [first, ...more] = fields.map(([, said]) => said);
  if (first !== undefined)
    return {
      fields: Object.fromEntries(fields.map(([name, { text }]) => [name, text])),
      told: {
        detail: more.reduce((all, said) => say("both", { first: all, second: said }), first).told,
        fields: Object.fromEntries(fields.map(([name, { told }]) => [name, told])),
      },
    };
  const field = problems[error.code]?.field;
  return field === undefined ? {} : { fields: { [field]: error.message } };
}

/** The RFC 9457 problem document of anything a handler threw; what is our own fault it does not tell. */
export function problemOf(thrown: unknown): Problem {
  const error = asAppError(thrown);
  const { status, title } = problems[error.code] ?? { status: 500, title: "Our fault" };
  return {
    type: `urn:twinpath:problem:${error.code.toLowerCase().replaceAll("_", "-")}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...saidOf(thrown, error),
    ...(thrown instanceof LostUpdate ? { current: thrown.current } : {}),
  };
}

/** Of every answer that is a problem. */
export const problemHeaders = { "content-type": "application/problem+json", "cache-control": "no-store" } as const;

/** The answer to anything a handler threw. What is our own fault is logged. */
export function problemResponse(thrown: unknown, request: Request): Response {
  const { method, url, headers: asked } = request;
  const problem = problemOf(thrown);
  const { status, code } = problem;
  if (status === 500)
    log.error(
      {
        err: thrown,
        requestId: asked.get("x-request-id"),
        method,
        path: loggedPath(new URL(url).pathname),
        code,
      },
      "a request failed",
    );
  const headers = new Headers(problemHeaders);
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="twinpath"');
  if (status === 503) headers.set("retry-after", "2");
  if (status === 429) headers.set("retry-after", "900");
  if (code === "PORTAL_STOPPING") headers.set("connection", "close");
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
