import NextAuth from "next-auth";
import { authOptions, originOf } from "@/lib/auth/auth-options";
import { anyone } from "./access";
import type { RouteHandler } from "./api-route";
import { problemResponse } from "./problem";
import { requireSameOrigin } from "./require-same-origin";

/** next-auth's own routes below `/api/auth`, their writes taken from our own pages only. */
export function signInRoute(): { GET: RouteHandler; POST: RouteHandler } {
  const answer: (request: Request, context: Parameters<RouteHandler>[1]) => Promise<Response> = async (
    request,
    context,
  ) => {
    try {
      if (request.method !== "GET" && request.method !== "HEAD") requireSameOrigin(request);
      return await NextAuth(authOptions(originOf(Object.fromEntries(request.headers))))(request, context);
    } catch (error) {
      return problemResponse(error, request);
    }
  };
  const handler = Object.assign(answer, { access: anyone.name, shape: {} });
  return { GET: handler, POST: handler };
}
