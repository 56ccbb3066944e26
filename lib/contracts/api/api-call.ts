import type { ZodType } from "zod";
import type { Role } from "../portal";

export const apiMethods = ["GET", "POST", "PUT", "DELETE"] as const;
export type ApiMethod = (typeof apiMethods)[number];

/** Who may call: staff with one of the roles, a node or device with its credential, who has the token of the metrics, or anybody. */
export type ApiCaller = readonly Role[] | "anyone" | "node:proxy" | "node:testbed" | "device" | "metrics";

/** What a call takes in place of JSON, where it does. */
export type UploadType = "text/csv" | "application/octet-stream";

/** One method of one address, as the API's description tells of it. */
export type ApiCall = {
  summary: string;
  caller: ApiCaller;
  params?: ZodType;
  query?: ZodType;
  body?: ZodType;
  /** The body is a file of this type in place of JSON. */
  upload?: UploadType;
  /** Headers that it does not work without. */
  needs?: readonly ("If-Match" | "Idempotency-Key")[];
  /** JSON of this shape; events of it; a file; plain text; or nothing (204). */
  answer: { json: ZodType } | { events: ZodType } | "csv" | "bytes" | "text" | "nothing";
  /** Of a JSON answer (200). */
  status?: 201 | 202;
};

/** Addresses below `/api/`, written as the folders of the routes. */
export type ApiCalls = Readonly<Record<string, Partial<Record<ApiMethod, ApiCall>>>>;
export const everyRole: readonly Role[] = ["admin", "operator", "support", "demo", "viewer"];
export const admins: readonly Role[] = ["admin"];
