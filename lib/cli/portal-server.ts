import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { problemHeaders, problemOf } from "@/lib/http/problem";
import { addressSet, isInSet } from "@/lib/proxy/address-set";
import { readEnv } from "@/lib/shared/env";
import { AppError, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { loggedPath } from "@/lib/shared/logged-path";

/** A client has this long for the head of a request, and this long for all of it: an import's file takes a while. */
const headersTimeoutMs = 15_000;
const requestTimeoutMs = 300_000;
/** How often Node looks for clients past these times. */
const lookEveryMs = 5000;
const ownMachine = "127.0.0.0/8, ::1/128";
const givenRequestId = /^[\w-]{1,64}$/;
export type TrustedProxies = { has: (address: string) => boolean };

/** Balancers before the portal whose word about the client counts. Errors: AppError ENV_BAD_VALUE. */
export function readTrustedProxies(): TrustedProxies {
  const text = readEnv("TWINPATH_TRUSTED_PROXIES") ?? ownMachine;
  const parts = text.split(",").map((part) => part.trim());
  try {
    const set = addressSet(parts.filter((part) => part !== ""));
    return { has: (address) => isInSet(set, address) };
  } catch (cause) {
    throw new AppError("ENV_BAD_VALUE", `TWINPATH_TRUSTED_PROXIES is "${text}": ${errorMessage(cause)}`, { cause });
  }
}

/**
 * Settle who asks, before anything looks: nobody but a trusted balancer may say for whom it speaks, or the slowing down of
 * guesses would be by a name that the client chooses.
 */
function settleSource(request: IncomingMessage, trusted: TrustedProxies): void {
  const address = request.socket.remoteAddress ?? "";
  const isTrusted = trusted.has(address);
  if (!isTrusted || request.headers["x-forwarded-for"] === undefined) request.headers["x-forwarded-for"] = address;
  const given = request.headers["x-request-id"];
  const isKept = isTrusted && typeof given === "string" && givenRequestId.test(given);
  request.headers["x-request-id"] = isKept ? given : randomUUID();
}

/** Whether an address can be read: its escapes are UTF-8, and none is a NUL, which no text of the database holds. */
function isReadable(url: string): boolean {
  try {
    return !decodeURIComponent(url).includes("\0");
  } catch {
    return false;
  }
}

const unreadable = problemOf(
  new AppError("BAD_ADDRESS", "The address has escapes that are no UTF-8 text. Write it as RFC 3986 says."),
);

function refuseAddress(response: ServerResponse): void {
  response.writeHead(unreadable.status, problemHeaders).end(JSON.stringify(unreadable));
}

function noteAnswer(request: IncomingMessage, response: ServerResponse, log: Log): void {
  const [began, path] = [performance.now(), loggedPath(request.url ?? "")];
  response.once("close", () => {
    const { statusCode: status } = response;
    const level = status >= 500 ? "warn" : status >= 400 ? "info" : "debug";
    const ms = Math.round(performance.now() - began);
    const requestId = request.headers["x-request-id"];
    log[level]({ requestId, method: request.method, path, status, ms, isWhole: response.writableFinished }, "request");
  });
}

/**
 * The portal's HTTP server: bounded in time, every request with an id that its log lines and its answer
 * (`X-Request-Id`) carry, and with the address it really came from.
 */
export function createPortalServer(handle: RequestListener, trusted: TrustedProxies, log: Log): Server {
  return createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: lookEveryMs,
    },
    (request, response) => {
      settleSource(request, trusted);
      response.setHeader("x-request-id", request.headers["x-request-id"] ?? "");
      noteAnswer(request, response, log);
      if (isReadable(request.url ?? "")) handle(request, response);
      else refuseAddress(response);
    },
  );
}
