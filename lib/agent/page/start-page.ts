import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { projectRoot } from "@/lib/shared/project-root";
import { type ChoiceChange, choiceChangeSchema } from "../device-choice";
import type { AgentStatus } from "./agent-status";

export type PageOptions = {
  /** 0 lets the kernel choose. */
  port: number;
  status: () => AgentStatus;
  /** The owner started or stopped it, or a service of it. */
  choose: (change: ChoiceChange) => void;
  log: Log;
};

export type Page = { url: string; close(): Promise<void> };

const pageAddress = "127.0.0.1";
const folder = "lib/agent/page/assets";
const assets: ReadonlyMap<string, { file: string; type: string }> = new Map([
  ["/", { file: "page.html", type: "text/html; charset=utf-8" }],
  ["/page.css", { file: "page.css", type: "text/css; charset=utf-8" }],
  ["/page.js", { file: "page.js", type: "text/javascript; charset=utf-8" }],
  ["/words.js", { file: "words.js", type: "text/javascript; charset=utf-8" }],
  ["/manifest.webmanifest", { file: "manifest.webmanifest", type: "application/manifest+json" }],
  ["/icon-maskable.svg", { file: "icon-maskable.svg", type: "image/svg+xml" }],
  ["/icon.svg", { file: "icon.svg", type: "image/svg+xml" }],
]);

/** Nothing from elsewhere, nothing inline, no frame: the page shows where this device connects to. */
const safeHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

type Reply = { code: number; type: string; body: string | Buffer };

const plainText = "text/plain; charset=utf-8";
const say = (code: number, body: string): Reply => ({ code, type: plainText, body });

/** Far more than a choice needs. */
const maxChoiceBytes = 1024;

async function readChoice(request: IncomingMessage): Promise<ChoiceChange | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    sizeBytes += (chunk as Buffer).length;
    if (sizeBytes > maxChoiceBytes) return null;
    chunks.push(chunk as Buffer);
  }
  try {
    return choiceChangeSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString("utf8"))).data ?? null;
  } catch {
    return null;
  }
}

/** Take a choice, from this page alone: another site's page cannot send its origin, nor JSON without being asked first. */
async function takeChoice(request: IncomingMessage, options: PageOptions): Promise<Reply> {
  const { host, origin } = request.headers;
  if (origin !== `http://${host}`) return say(403, "Only this page may choose.\n");
  if (request.headers["content-type"] !== "application/json") return say(415, "Send JSON.\n");
  const change = await readChoice(request);
  if (change === null) return say(422, 'Send {"isOn": true} or {"whiteListId": "…", "isOn": true}.\n');
  options.choose(change);
  return { code: 200, type: "application/json", body: JSON.stringify(options.status()) };
}

async function replyTo(request: IncomingMessage, hosts: ReadonlySet<string>, options: PageOptions): Promise<Reply> {
  // A web site whose name was made to resolve to loopback sends its own name here (DNS rebinding).
  if (!hosts.has(request.headers.host ?? "")) return say(421, "Open this page by its address.\n");
  const [path = "/"] = (request.url ?? "/").split("?");
  if (path === "/choice.json" && request.method === "POST") return takeChoice(request, options);
  if (request.method !== "GET" && request.method !== "HEAD") return say(405, "This is for reading only.\n");
  if (path === "/status.json") return { code: 200, type: "application/json", body: JSON.stringify(options.status()) };
  const asset = assets.get(path);
  if (asset === undefined) return say(404, "There is nothing here.\n");
  return { code: 200, type: asset.type, body: readFileSync(join(projectRoot(), folder, asset.file)) };
}

function send(response: ServerResponse, { code, type, body }: Reply): void {
  const allow = code === 405 ? { allow: "GET, HEAD" } : {};
  const length = { "content-type": type, "content-length": Buffer.byteLength(body) };
  response.writeHead(code, { ...safeHeaders, ...length, ...allow });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, pageAddress, () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * Serve the agent's page on loopback. Where its port is taken the agent works without: a warning says so.
 */
export async function startPage(options: PageOptions): Promise<Page | null> {
  let hosts: ReadonlySet<string> = new Set();
  const server = createServer((request, response) => {
    replyTo(request, hosts, options)
      .catch((error: unknown) => {
        options.log.warn({ reason: errorMessage(error) }, "the agent's page was not served");
        return say(500, "The page cannot be shown; see the agent's log.\n");
      })
      .then((reply) => send(response, reply));
  });
  server.keepAliveTimeout = 2000;
  try {
    const port = await listen(server, options.port);
    hosts = new Set([`${pageAddress}:${port}`, `localhost:${port}`]);
    return {
      url: `http://${pageAddress}:${port}/`,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  } catch (error) {
    options.log.warn({ port: options.port, reason: errorMessage(error) }, "no page: choose another --page-port");
    return null;
  }
}
