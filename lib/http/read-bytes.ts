import { AppError } from "@/lib/shared/errors";

type Part = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Part> {
  return reader.read().catch((cause: unknown) => {
    throw new AppError("REQUEST_INTERRUPTED", "The request ended before its end. Send it again.", { cause });
  });
}

/**
 * The body of a request as it comes, at most `maxBytes` of it; nothing is kept.
 * Errors: AppError REQUEST_TOO_LARGE, at once where the length was announced; REQUEST_INTERRUPTED.
 */
export async function* readBytes(request: Request, maxBytes: number): AsyncGenerator<Uint8Array, void, void> {
  const tooLarge = (): AppError =>
    new AppError("REQUEST_TOO_LARGE", `The request is larger than ${maxBytes} bytes. Send it in parts.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (request.body === null) return;
  const reader = request.body.getReader();
  let size = 0;
  try {
    for (let part = await read(reader); !part.done; part = await read(reader)) {
      size += part.value.byteLength;
      if (size > maxBytes) throw tooLarge();
      yield part.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
