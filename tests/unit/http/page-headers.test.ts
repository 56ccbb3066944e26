import { PHASE_PRODUCTION_BUILD, PHASE_PRODUCTION_SERVER } from "next/constants.js";
import { NextRequest } from "next/server";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sessionCookie } from "@/lib/auth/session-cookie";
import nextConfig from "@/next.config";
import { proxy } from "@/proxy";

afterEach(() => vi.unstubAllEnvs());

describe("a page's content security policy", () => {
  const policyOf = (): string =>
    proxy(new NextRequest("https://portal.example/")).headers.get("content-security-policy") ?? "";

  it("has a nonce of its own, and lets nothing in, around or underneath", () => {
    const policy = policyOf();
    for (const part of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "default-src "])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-inline'/);
    const nonces = [policy, policyOf()].map((text) => /script-src[^;]*'nonce-([\w+/=]{22,})'/.exec(text)?.[1]);
    expect(nonces[0]).toBeDefined();
    expect(nonces[0]).not.toBe(nonces[1]);
  });
});

it("tells a page what was asked for, whatever the request says of it", () => {
  const request = new NextRequest("https://portal.example/subscribers?state=active", {
    headers: { "x-page": "/evil" },
  });
  expect(proxy(request).headers.get("x-middleware-request-x-page")).toBe("/subscribers?state=active");
});

describe("the portal's configuration", () => {
  const complete = { DATABASE_URL: "postgresql://x", NEXTAUTH_SECRET: "x".repeat(32), NEXTAUTH_URL: "http://x" };
  const withEnv = (changes: Record<string, string | undefined>) => {
    for (const [name, value] of Object.entries({ ...complete, ...changes })) vi.stubEnv(name, value);
    return () => nextConfig(PHASE_PRODUCTION_SERVER);
  };

  it("hardens every answer, and the API's further", async () => {
    const rules = await nextConfig(PHASE_PRODUCTION_BUILD).headers?.();
    const headersOf = (source: string) =>
      Object.fromEntries(
        (rules?.find((rule) => rule.source === source)?.headers ?? []).map(({ key, value }) => [key, value]),
      );
    expect(headersOf("/:path*")).toMatchObject({
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "same-origin",
      "X-Frame-Options": "DENY",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
    });
    expect(headersOf("/api/:path*")).toEqual({
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    });
  });

  it.each(["DATABASE_URL", "NEXTAUTH_SECRET", "NEXTAUTH_URL"])("starts no portal without %s", (name) => {
    expect(withEnv({})).not.toThrow();
    expect(withEnv({ [name]: undefined })).toThrow(name);
  });

  it("starts no portal with a secret that is short", () => {
    expect(withEnv({ NEXTAUTH_SECRET: "x".repeat(31) })).toThrow(/NEXTAUTH_SECRET is shorter/);
  });
});

describe("a cookie of the sign-in", () => {
  it.each([
    ["https://portal.example", "__Host-twinpath.session", true],
    ["http://127.0.0.1:3000", "twinpath.session", false],
  ])("on %s is for this host's requests alone, and no script's", (url, name, secure) => {
    vi.stubEnv("NEXTAUTH_URL", url);
    const cookie = sessionCookie("session");
    expect(cookie).toEqual({ name, options: { httpOnly: true, sameSite: "lax", path: "/", secure } });
  });
});
