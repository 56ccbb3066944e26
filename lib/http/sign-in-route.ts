import { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptions, originOf } from "@/lib/auth/auth-options";
import { anyone } from "./access";
import type { RouteHandler } from "./api-route";
import { problemResponse } from "./problem";
import { parseJson, readText } from "./read-json";
import { requireSameOrigin } from "./require-same-origin";

/** A sign-in says a few hundred bytes; next-auth itself reads whatever comes. */
const maxBodyBytes = 65_536;

/**
 * The request with a body that was read whole, and is JSON where it says so.
 * Errors: AppError REQUEST_TOO_LARGE, REQUEST_INTERRUPTED, REQUEST_BAD_JSON.
 */
async function withSoundBody(request: Request): Promise<Request> {
  const { url, method, headers } = request;
  if (request.body === null) return request;
  const body = await readText(request, maxBodyBytes);
  if (headers.get("content-type")?.includes("application/json")) parseJson(body);
  return new NextRequest(url, { method, headers, body });
}

/** next-auth's own routes below `/api/auth`, their writes taken from our own pages only. */
export function signInRoute(): { GET: RouteHandler; POST: RouteHandler } {
  const answer: (request: Request, context: Parameters<RouteHandler>[1]) => Promise<Response> = async (
    request,
    context,
  ) => {
    try {
      if (request.method !== "GET" && request.method !== "HEAD") requireSameOrigin(request);
      const sound = await withSoundBody(request);
      return await NextAuth(authOptions(originOf(Object.fromEntries(request.headers))))(sound, context);
    } catch (error) {
      return problemResponse(error, request);
    }
  };
  const handler = Object.assign(answer, { access: anyone.name, shape: {} });
  return { GET: handler, POST: handler };
}
