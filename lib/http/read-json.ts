import type { UploadType } from "@/lib/contracts/api";
import { AppError } from "@/lib/shared/errors";
import { readBytes } from "./read-bytes";

/** The text of a request, at most `maxBytes` of it. Errors: AppError REQUEST_TOO_LARGE, REQUEST_INTERRUPTED. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of readBytes(request, maxBytes)) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}

/** A form of another site can send many content types, but not these without asking first (CORS preflight). */
export function requireContentType(request: Request, expected: "application/json" | UploadType): void {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === expected) return;
  if (expected === "text/csv")
    throw new AppError("REQUEST_NOT_CSV", "Send Content-Type: text/csv and the file as the body.");
  if (expected === "application/octet-stream")
    throw new AppError("REQUEST_NOT_BYTES", `Send Content-Type: ${expected} and the bytes as the body.`);
  throw new AppError("REQUEST_NOT_JSON", "Send Content-Type: application/json and a JSON body.");
}

/** An escaped NUL: JSON may have one, text in the database may not. */
const escapedNul = /(?<!\\)(?:\\\\)*\\u0000/;

/** The JSON of a request, at most `maxBytes` of it. Errors: AppError REQUEST_TOO_LARGE, REQUEST_BAD_JSON. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  return parseJson(await readText(request, maxBytes));
}

/** Errors: AppError REQUEST_BAD_JSON. */
export function parseJson(text: string): unknown {
  if (escapedNul.test(text)) throw new AppError("REQUEST_BAD_JSON", "The body has a NUL character in a text.");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("REQUEST_BAD_JSON", "The body is not JSON.", { cause });
  }
}
