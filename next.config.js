import { PHASE_DEVELOPMENT_SERVER, PHASE_PRODUCTION_SERVER } from "next/constants.js";
import createNextIntlPlugin from "next-intl/plugin";
import { everyAnswer } from "./lib/http/answer-headers.mjs";

/** Pages get theirs, with a nonce each, from proxy.ts. */
const apiAnswer = [{ key: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'" }];

/** Finds the language and texts of a request. */
const withWords = createNextIntlPlugin("./app/request-words.ts");

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Types are checked by `npm run verify`, over the whole project; a build for a newcomer need not wait for it.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["@node-rs/argon2", "pg", "pino"],
  headers: async () => [
    { source: "/:path*", headers: everyAnswer },
    { source: "/api/:path*", headers: apiAnswer },
  ],
};

/** What the portal must not run without, asked before it serves anything; a build needs none of it. */
function requireEnvironment() {
  const missing = ["DATABASE_URL", "NEXTAUTH_SECRET", "NEXTAUTH_URL"].filter((name) => !process.env[name]);
  if (missing.length > 0)
    throw new Error(
      `${missing.join(", ")} not set: the portal does not start without. The twinpath command sets them.`,
    );
  if ((process.env["NEXTAUTH_SECRET"] ?? "").length < 32)
    throw new Error("NEXTAUTH_SECRET is shorter than 32 characters: make one with: openssl rand -base64 32");
}

/** @param {string} phase */
export default function nextConfig(phase) {
  if (phase === PHASE_PRODUCTION_SERVER || phase === PHASE_DEVELOPMENT_SERVER) requireEnvironment();
  return withWords(config);
}
