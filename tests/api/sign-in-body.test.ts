import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { POST } from "@/app/api/auth/[...nextauth]/route";

const url = "http://localhost/api/auth/callback/credentials";
const headers = { origin: "http://localhost", host: "localhost", "content-type": "application/json" };
const context = { params: Promise.resolve({ nextauth: "callback" }) };

beforeEach(() => void vi.stubEnv("NEXTAUTH_URL", "http://localhost"));
afterEach(() => void vi.unstubAllEnvs());

it.each([
  ["is too large", JSON.stringify({ password: "p".repeat(70_000) }), 413, "REQUEST_TOO_LARGE"],
  ["is not JSON", '{"password":', 400, "REQUEST_BAD_JSON"],
])("a sign-in whose body %s is refused", async (_, body, status, code) => {
  const answer = await POST(new Request(url, { method: "POST", headers, body }), context);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ code });
});
