import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/lib/http/content-security-policy";
import { pageHeader } from "@/lib/http/page-header";

/**
 * Gives every page its own nonce, which the framework reads from the request's policy and puts on its scripts, and tells it
 * what was asked for.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  headers.set(pageHeader, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

/** Pages only: what the API needs is in next.config.js, and the build's files are served before the framework. */
export const config = { matcher: "/((?!api/|_next/static/|_next/image/).*)" };
