import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import sirv from "sirv";
import { everyAnswer } from "@/lib/http/answer-headers.mjs";

const prefix = "/_next/static";
const yearSeconds = 31_536_000;

function addHeaders(response: ServerResponse): void {
  for (const { key, value } of everyAnswer) response.setHeader(key, value);
}

/**
 * Serves the build's own files, whose names change with their contents, in the form that `twinpath build` compressed them
 * to: a page asks for some thirty, and compressing each at each request costs more than the page. The rest goes on.
 *
 * @param folder the build's `static`, as it is now
 */
export function serveBuiltFiles(folder: string, handle: RequestListener): RequestListener {
  const serve = sirv(folder, {
    maxAge: yearSeconds,
    immutable: true,
    etag: true,
    gzip: true,
    brotli: true,
    extensions: [],
    setHeaders: addHeaders,
  });
  return (request: IncomingMessage, response: ServerResponse) => {
    const { url = "" } = request;
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!isRead || !url.startsWith(`${prefix}/`)) return handle(request, response);
    // A newer build may have taken a file away.
    response.once("pipe", (file) => file.once("error", () => response.destroy()));
    request.url = url.slice(prefix.length);
    serve(request, response, () => {
      request.url = url;
      handle(request, response);
    });
  };
}
