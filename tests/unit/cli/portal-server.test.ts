import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createPortalServer, readTrustedProxies } from "@/lib/cli/portal-server";
import { collectedLog } from "../../factories/collected-log";

afterEach(() => vi.unstubAllEnvs());

async function serve(trusted: string | undefined, headers: Record<string, string>) {
  vi.stubEnv("TWINPATH_TRUSTED_PROXIES", trusted);
  const { log, lines } = collectedLog();
  let seen: IncomingHttpHeaders = {};
  const server = createPortalServer(
    (request, response) => {
      seen = request.headers;
      response.writeHead(request.url === "/gone?token=x" ? 404 : 200).end("ok");
    },
    readTrustedProxies(),
    log,
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/gone?token=x`;
  const answer = await fetch(url, { headers });
  await answer.text();
  server.close();
  server.closeAllConnections();
  await once(server, "close");
  return { seen, answer, lines };
}

describe("the portal's server", () => {
  const forged = { "x-forwarded-for": "203.0.113.7", "x-request-id": "mine" };

  it("takes no client's word for where it comes from", async () => {
    const { seen } = await serve("192.0.2.0/24", forged);
    expect(seen["x-forwarded-for"]).toBe("127.0.0.1");
    expect(seen["x-request-id"]).toMatch(/^[\da-f-]{36}$/);
  });

  it("takes a trusted balancer's word, and its request id", async () => {
    const { seen, answer } = await serve(undefined, forged);
    expect(seen["x-forwarded-for"]).toBe("203.0.113.7");
    expect(answer.headers.get("x-request-id")).toBe("mine");
  });

  it("gives every request an id that its log line has, without the query", async () => {
    const { answer, lines } = await serve("", {});
    const line = lines.find(({ msg }) => msg === "request");
    expect(line).toMatchObject({ method: "GET", path: "/gone", status: 404 });
    expect(line?.["requestId"]).toBe(answer.headers.get("x-request-id"));
  });

  it.each(["/api/nodes/%ff/drain", "/%c3%28", "/api/nodes/%00/settings", "/?a=%e2%82"])(
    "answers %s itself: nobody could read it",
    async (path) => {
      const { log } = collectedLog();
      const server = createPortalServer((_, response) => void response.end("handed on"), readTrustedProxies(), log);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ status: 400, code: "BAD_ADDRESS" });
      server.close();
      server.closeAllConnections();
    },
  );

  it("says at the start which balancers it cannot read", () => {
    vi.stubEnv("TWINPATH_TRUSTED_PROXIES", "balancer.example");
    expect(readTrustedProxies).toThrow(/^TWINPATH_TRUSTED_PROXIES is "balancer.example"/);
  });

  it("bounds the time of a request's head and of the whole", () => {
    const server = createPortalServer(() => undefined, readTrustedProxies(), collectedLog().log);
    expect(server.headersTimeout).toBe(15_000);
    expect(server.requestTimeout).toBe(300_000);
  });

  it("closes a client that goes slow in its head", { timeout: 30_000 }, async () => {
    const server = createPortalServer(() => undefined, readTrustedProxies(), collectedLog().log);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const slow = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const began = Date.now();
    slow.write("GET / HTTP/1.1\r\nHost: a\r\n");
    const drip = setInterval(() => slow.write("X-A: b\r\n"), 1000);
    let answer = "";
    slow.on("data", (chunk) => (answer += chunk)).on("error", () => undefined);
    await once(slow, "close");
    clearInterval(drip);
    server.close();
    expect(Date.now() - began).toBeLessThan(25_000);
    expect(answer).toContain(" 408 ");
  });
});
