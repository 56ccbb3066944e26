import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GET as me } from "@/app/api/me/route";
import { POST as setup } from "@/app/api/setup/route";
import { authOptions } from "@/lib/auth/auth-options";
import { getDatabase } from "@/lib/db/client";
import { checkSignIn } from "@/lib/services/check-sign-in";
import { createSetupLink } from "@/lib/services/create-setup-link";
import { requireGoodPassword } from "@/lib/services/password";
import { findStaffSession, revokeStaffSession } from "@/lib/services/staff-sessions";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, cookieOf, signedIn } from "@/tests/factories/portal-call";

const account = { name: "Ann", email: "Ann@Example.com", password: "four unrelated plain words" };
let database: TestDatabase;

async function newLink(): Promise<string> {
  const link = await createSetupLink();
  if (link === null) throw new Error("there is an account already");
  return link.token;
}

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await getDatabase().staff.deleteMany();
  await getDatabase().signInAttempt.deleteMany();
});

describe("set-up", () => {
  it("makes the first account once, an administrator", async () => {
    const token = await newLink();
    const first = await callRoute(setup, { body: { token, ...account } });
    expect(first.status).toBe(201);
    expect(await first.json()).toMatchObject({ name: "Ann", email: "ann@example.com", role: "admin" });
    const second = await callRoute(setup, { body: { token, ...account, email: "eve@example.com" } });
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ code: "SETUP_DONE" });
    expect(await createSetupLink()).toBeNull();
  });

  it("makes one account of many requests at once", async () => {
    const token = await newLink();
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => callRoute(setup, { body: { token, ...account, email: `n${n}@example.com` } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(await getDatabase().staff.count()).toBe(1);
  });

  it("refuses an old, an expired and an invented link", async () => {
    const old = await newLink();
    const expired = await newLink();
    await getDatabase().setupLink.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    for (const token of [old, expired, "0123456789abcdefghijkl"]) {
      const answer = await callRoute(setup, { body: { token, ...account } });
      expect(await answer.json()).toMatchObject({ status: 410, code: "SETUP_LINK_INVALID" });
    }
    expect(await getDatabase().staff.count()).toBe(0);
  });

  it("keeps only a hash of the token and of the password", async () => {
    const token = await newLink();
    await callRoute(setup, { body: { token, ...account } });
    const { passwordHash } = await getDatabase().staff.findFirstOrThrow();
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const everything = JSON.stringify(
      [await getDatabase().setupLink.findMany(), await getDatabase().auditEntry.findMany()],
      (_, value) => (typeof value === "bigint" ? value.toString() : value),
    );
    for (const secret of [token, account.password, passwordHash]) expect(everything).not.toContain(secret);
  });

  it("says which field is wrong", async () => {
    const token = await newLink();
    const short = await callRoute(setup, { body: { token, ...account, password: "short" } });
    expect(await short.json()).toMatchObject({ status: 422, fields: { password: expect.any(String) } });
    const common = await callRoute(setup, { body: { token, ...account, password: "Password123456!" } });
    expect(await common.json()).toMatchObject({
      status: 422,
      code: "PASSWORD_TOO_COMMON",
      fields: { password: expect.any(String) },
    });
  });

  it.each([
    ["another site", { origin: "https://evil.example" }],
    ["a sandboxed page", { origin: "null" }],
    ["our name on another port", { origin: "http://portal.test:3001" }],
    ["no page", { origin: "" }],
  ])("is refused from %s", async (_name, headers) => {
    const answer = await callRoute(setup, { body: { token: await newLink(), ...account }, headers });
    expect(await answer.json()).toMatchObject({ status: 403, code: "ORIGIN_REFUSED" });
  });
});

describe("passwords", () => {
  const owner = { email: "minsu.kim@example.com", name: "김민수" };
  it.each([
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "123456789012",
    "abcdefghijklmn",
    "qwertyuiop123",
    "minsu.kim123!",
    "P@ssw0rd2026!",
  ])("refuses %s", (password) => {
    expect(() => requireGoodPassword(password, owner)).toThrow(/first that get guessed/);
  });
  it.each(["four unrelated plain words", "한국어 비밀번호 문장입니다", "x7!kQ9_wLp2#"])("takes %s", (password) => {
    expect(() => requireGoodPassword(password, owner)).not.toThrow();
  });
});

describe("sign-in", () => {
  const from = (source: string, password = "wrong wrong wrong") =>
    checkSignIn({ email: account.email, password, source });

  beforeEach(async () => {
    await callRoute(setup, { body: { token: await newLink(), ...account } });
  });

  it("takes the right password, whatever the case of the address", async () => {
    await expect(from("a", account.password)).resolves.toMatchObject({ email: "ann@example.com", role: "admin" });
  });

  it("answers the same for a wrong password and an unknown account", async () => {
    const wrong = await from("a").catch((error: unknown) => error);
    const unknown = await checkSignIn({ email: "nobody@example.com", password: "x", source: "a" }).catch(
      (error: unknown) => error,
    );
    expect(wrong).toMatchObject({ code: "SIGN_IN_REFUSED" });
    expect(String(unknown)).toBe(String(wrong));
  });

  it("slows down guesses from one source, and not the owner elsewhere", async () => {
    const tries = await Promise.allSettled(Array.from({ length: 12 }, () => from("guesser")));
    const codes = tries.map((result) => (result.status === "rejected" ? result.reason.code : "in"));
    expect(codes.filter((code) => code === "SIGN_IN_REFUSED").length).toBeLessThanOrEqual(5);
    await expect(from("guesser", account.password)).rejects.toMatchObject({ code: "SIGN_IN_THROTTLED" });
    await expect(from("owner", account.password)).resolves.toMatchObject({ name: "Ann" });
  });

  it("forgets guesses after a quarter of an hour", async () => {
    await Promise.allSettled(Array.from({ length: 6 }, () => from("guesser")));
    await getDatabase().signInAttempt.updateMany({ data: { at: new Date(Date.now() - 16 * 60_000) } });
    await expect(from("guesser", account.password)).resolves.toMatchObject({ name: "Ann" });
  });

  it("bounds guesses that come from ever new sources", async () => {
    await from("first").catch(() => undefined);
    const { accountHash: hash } = await getDatabase().signInAttempt.findFirstOrThrow();
    await getDatabase().signInAttempt.createMany({
      data: Array.from({ length: 50 }, (_, n) => ({ accountHash: hash, source: `s${n}` })),
    });
    await expect(from("fresh", account.password)).rejects.toMatchObject({ code: "SIGN_IN_THROTTLED" });
  });

  it("puts a session's name, and no role, into the browser's token", async () => {
    const { id } = await getDatabase().staff.findFirstOrThrow();
    const { jwt } = authOptions().callbacks ?? {};
    const token = await jwt?.({ token: {}, user: { id }, account: null });
    expect(Object.keys(token ?? {}).sort()).toEqual(["sid", "sub"]);
    expect(await findStaffSession(String(token?.["sid"]))).toMatchObject({ id, role: "admin" });
  });
});

describe("a session", () => {
  const status = async (cookie: string): Promise<number> => (await callRoute(me, { headers: { cookie } })).status;
  const change = (id: string, data: object) => getDatabase().staffSession.update({ where: { id }, data });
  const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);

  it("tells who is signed in", async () => {
    const { cookie, staffId } = await signedIn("support");
    const answer = await callRoute(me, { headers: { cookie } });
    expect(await answer.json()).toMatchObject({ id: staffId, role: "support" });
  });

  it("ends when revoked, idle for 8 h, 24 h old, or its account is disabled", async () => {
    for (const end of [
      (id: string) => revokeStaffSession(id, "system"),
      (id: string) => change(id, { lastSeenAt: hoursAgo(8.01) }),
      (id: string) => change(id, { expiresAt: hoursAgo(0.01) }),
    ]) {
      const { cookie, sessionId } = await signedIn("viewer");
      expect(await status(cookie)).toBe(200);
      await end(sessionId);
      expect(await status(cookie)).toBe(401);
    }
    const { cookie, staffId } = await signedIn("viewer");
    await getDatabase().staff.update({ where: { id: staffId }, data: { disabledAt: new Date() } });
    expect(await status(cookie)).toBe(401);
  });

  it("stays awake by use, not by looking on", async () => {
    const { sessionId } = await signedIn("viewer");
    await change(sessionId, { lastSeenAt: hoursAgo(7) });
    await findStaffSession(sessionId, false);
    const lastSeen = async () =>
      (await getDatabase().staffSession.findUniqueOrThrow({ where: { id: sessionId } })).lastSeenAt;
    expect((await lastSeen()).getTime()).toBeLessThan(hoursAgo(6).getTime());
    await findStaffSession(sessionId);
    expect((await lastSeen()).getTime()).toBeGreaterThan(hoursAgo(1).getTime());
  });

  it("is not made of a forged or foreign token", async () => {
    const { sessionId } = await signedIn("admin");
    const { cookie } = await cookieOf(sessionId);
    expect(await status(`${cookie.slice(0, -6)}AAAAAA`)).toBe(401);
    expect(await status(`twinpath.session=${sessionId}`)).toBe(401);
    expect(await status((await cookieOf("00000000-0000-4000-8000-000000000000")).cookie)).toBe(401);
  });
});
