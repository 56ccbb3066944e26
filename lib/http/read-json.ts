import { AppError } from "@/lib/shared/errors";

async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = new AppError("REQUEST_TOO_LARGE", `The request is larger than ${maxBytes} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge;
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  const reader = request.body.getReader();
  let size = 0;
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw tooLarge;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** A form of another site can send many content types, but not this one without asking first (CORS preflight). */
export function requireJsonType(request: Request): void {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw new AppError("REQUEST_NOT_JSON", "Send Content-Type: application/json and a JSON body.");
}

/** The JSON of a request, at most `maxBytes` of it. Errors: AppError REQUEST_TOO_LARGE, REQUEST_BAD_JSON. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const text = await readText(request, maxBytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("REQUEST_BAD_JSON", "The body is not JSON.", { cause });
  }
}
