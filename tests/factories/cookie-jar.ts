/** A browser as far as cookies and redirects go: cookies by host and port, redirects followed one by one. */
export class CookieJar {
  private readonly byOrigin = new Map<string, Map<string, string>>();

  /** One request, redirects not followed. */
  async ask(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const cookies = this.byOrigin.get(origin) ?? new Map<string, string>();
    this.byOrigin.set(origin, cookies);
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(url, { ...init, headers: { ...init.headers, cookie }, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(/; */);
      const at = pair.indexOf("=");
      const isGone = attributes.some((text) => /^max-age=0$|^expires=thu, 01 jan 1970/i.test(text));
      if (isGone) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** Follow redirects from here; gives the last answer and its address. */
  async follow(url: string | URL): Promise<{ url: URL; response: Response }> {
    let at = new URL(url);
    for (let hops = 0; hops < 15; hops += 1) {
      const response = await this.ask(at);
      const location = response.headers.get("location");
      if (location === null) return { url: at, response };
      await response.body?.cancel();
      at = new URL(location, at);
    }
    throw new Error(`too many redirects, last to ${at}`);
  }

  cookieNames(origin: string): string[] {
    return [...(this.byOrigin.get(origin)?.keys() ?? [])].sort();
  }
}
