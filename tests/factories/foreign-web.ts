import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { join, normalize } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { CertificateFiles } from "@/lib/proxy/tls/certificate";

export type ForeignWeb = { http: string; https: string; stop: () => void };

async function sendFile(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const { size } = await stat(path);
  const range = /^bytes=([0-9]+)-([0-9]*)$/.exec(request.headers.range ?? "");
  const start = Number(range?.[1] ?? 0);
  const end = Math.min(range?.[2] ? Number(range[2]) : size - 1, size - 1);
  if (start > end) {
    response.writeHead(416, { "content-range": `bytes */${size}` }).end();
    return;
  }
  response.writeHead(range === null ? 200 : 206, {
    "accept-ranges": "bytes",
    "content-length": end - start + 1,
    ...(path.endsWith(".html") ? { "content-type": "text/html" } : {}),
    ...(range === null ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
  });
  await pipeline(createReadStream(path, { start, end }), response);
}

/** `git http-backend` by CGI (RFC 3875). */
async function serveGit(request: IncomingMessage, response: ServerResponse, folder: string): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://any");
  const child = spawn("git", ["http-backend"], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: pathname.replace(/^\/git/, ""),
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method ?? "",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      REMOTE_USER: "anybody",
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [answer] = await Promise.all([buffer(child.stdout), pipeline(request, child.stdin)]);
  const end = answer.indexOf("\r\n\r\n");
  const fields = answer
    .toString("latin1", 0, end)
    .split("\r\n")
    .map((line) => line.split(": "));
  const { Status: status = "200", ...headers } = Object.fromEntries(fields);
  response.writeHead(Number.parseInt(status, 10), headers);
  response.end(answer.subarray(end + 4));
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/**
 * A web server on the loopback, by http and https: the folder's files (also from a byte on), `/upload`, which takes what
 * it is given, and `/git/…`, the folder's repositories for clients that clone and push.
 */
export async function startForeignWeb(folder: string, { certFile, keyFile }: CertificateFiles): Promise<ForeignWeb> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "", "http://any");
    if (pathname.startsWith("/git/")) return serveGit(request, response, folder);
    if (pathname !== "/upload") return sendFile(request, response, join(folder, normalize(pathname)));
    await buffer(request);
    response.end("taken\n");
  };
  const listener: RequestListener = (request, response) =>
    void serve(request, response).catch(() =>
      response.headersSent ? response.destroy() : response.writeHead(404).end(),
    );
  const http = createHttpServer(listener);
  const https = createHttpsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, listener);
  return {
    http: `http://127.0.0.1:${await listen(http)}`,
    https: `https://127.0.0.1:${await listen(https)}`,
    stop: () => {
      for (const server of [http, https]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
