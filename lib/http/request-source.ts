/** The address a request came from: the nearest hop's word; what a client says before it may be made up. */
export function requestSource(request: Request): string {
  return request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "unknown";
}
