/**
 * One portal process for tests: the routes as the framework would call them, over HTTP, on the database of DATABASE_URL.
 * Prints its port, ends with its parent.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { POST as createRun } from "@/app/api/demo/runs/route";
import { GET as health } from "@/app/api/health/route";
import { GET as live } from "@/app/api/live/route";
import { GET as nodePolicy } from "@/app/api/nodes/policy/route";
import { POST as ack } from "@/app/api/nodes/policy-acks/route";
import { POST as telemetry } from "@/app/api/nodes/telemetry/route";
import { GET as draft } from "@/app/api/policy/draft/route";
import { PUT as putClass } from "@/app/api/policy/draft/service-classes/[id]/route";
import { GET as classes } from "@/app/api/policy/draft/service-classes/route";
import { POST as publish } from "@/app/api/policy/publish/route";
import { GET as testbedCommands } from "@/app/api/testbed/commands/route";
import { POST as testbedReports } from "@/app/api/testbed/reports/route";
import type { RouteHandler } from "@/lib/http/api-route";
import { isLeadingPortal } from "@/lib/services/leadership";
import { requireEnv } from "@/lib/shared/env";

const routes: Record<string, RouteHandler> = {
  "POST /api/demo/runs": createRun,
  "GET /api/health": health,
  "GET /api/live": live,
  "POST /api/nodes/policy-acks": ack,
  "GET /api/nodes/policy": nodePolicy,
  "POST /api/nodes/telemetry": telemetry,
  "GET /api/policy/draft": draft,
  "GET /api/policy/draft/service-classes": classes,
  "PUT /api/policy/draft/service-classes/gold": putClass,
  "POST /api/policy/publish": publish,
  "GET /api/testbed/commands": testbedCommands,
  "POST /api/testbed/reports": testbedReports,
};

function asRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", url = "/", headers } = request;
  const init: RequestInit & { duplex: "half" } = { method, headers: headers as HeadersInit, signal, duplex: "half" };
  if (method !== "GET") init.body = Readable.toWeb(request) as ReadableStream;
  return new Request(new URL(url, requireEnv("NEXTAUTH_URL")), init);
}

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://any");
  if (pathname === "/leads") return response.end(String(await isLeadingPortal()));
  const handler = routes[`${request.method} ${pathname}`];
  if (handler === undefined) return response.writeHead(404).end();
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const answer = await handler(asRequest(request, gone.signal), { params: Promise.resolve({ id: "gold" }) });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.flushHeaders();
  if (answer.body === null) response.end();
  else
    Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0])
      .on("error", () => {})
      .pipe(response);
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on("disconnect", () => process.exit());
