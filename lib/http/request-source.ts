/**
 * The address a request came from: the nearest hop's word; what a client says before it may be made up. The portal's server
 * has replaced what comes from anybody but a trusted balancer.
 */
export function requestSource(request: Request): string {
  return request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "unknown";
}
