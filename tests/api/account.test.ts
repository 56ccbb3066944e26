import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PUT as chooseLanguage } from "@/app/api/account/language/route";
import { POST as changePassword } from "@/app/api/account/password/route";
import { POST as revokeOne } from "@/app/api/account/sessions/[id]/revoke/route";
import { POST as revokeOthers } from "@/app/api/account/sessions/revoke-others/route";
import { GET as listSessions } from "@/app/api/account/sessions/route";
import { GET as me } from "@/app/api/me/route";
import { authOptions } from "@/lib/auth/auth-options";
import { staffSessionListSchema } from "@/lib/contracts/staff";
import { getDatabase } from "@/lib/db/client";
import { checkSignIn } from "@/lib/services/check-sign-in";
import { createStaffSession } from "@/lib/services/staff-sessions";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, cookieOf, signedIn } from "@/tests/factories/portal-call";
import { signedInWithPassword, staffPassword } from "@/tests/factories/staff-desk";

const newPassword = "another four plain words";
let database: TestDatabase;
let viewer: Awaited<ReturnType<typeof signedInWithPassword>>;

const statusOf = async (cookie: string) => (await callRoute(me, { headers: { cookie } })).status;
const ownSessions = async () =>
  staffSessionListSchema.parse(await (await callRoute(listSessions, { headers: viewer.headers })).json()).items;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await getDatabase().signInAttempt.deleteMany();
  viewer = await signedInWithPassword("viewer");
});

describe("the language of one's pages", () => {
  const choose = (body: object, headers = viewer.headers) =>
    callRoute(chooseLanguage, { method: "PUT", body, headers });
  const language = async (headers: { cookie: string }) => (await (await callRoute(me, { headers })).json()).language;

  it("is kept with the account, told to every browser of it, and has its audit row", async () => {
    const elsewhere = await cookieOf(await createStaffSession(viewer.staffId));
    expect(await language(viewer.headers)).toBeNull();
    expect((await choose({ language: "ko" })).status).toBe(204);
    expect((await choose({ language: "ko" })).status).toBe(204);
    expect(await language({ cookie: elsewhere.cookie })).toBe("ko");
    const target = `staff:${viewer.staffId}`;
    const entries = await getDatabase().auditEntry.findMany({ where: { target, action: "staff.choose-language" } });
    expect(entries).toMatchObject([{ actor: target, before: { language: null }, after: { language: "ko" } }]);
  });

  it("is one that the portal speaks", async () => {
    expect(await (await choose({ language: "fr" })).json()).toMatchObject({
      status: 422,
      code: "REQUEST_INVALID",
      told: { fields: { language: { code: "fieldNoChoice" } } },
    });
    expect(await language(viewer.headers)).toBeNull();
  });
});

describe("changing one's password", () => {
  const change = (body: object) => callRoute(changePassword, { body, headers: viewer.headers });

  it("takes the current one, ends all other sign-ins, and leaves an audit row without either", async () => {
    const elsewhere = await cookieOf(await createStaffSession(viewer.staffId));
    const answer = await change({ currentPassword: staffPassword, password: newPassword });
    expect(answer.status).toBe(204);
    expect(await statusOf(viewer.cookie)).toBe(200);
    expect(await statusOf(elsewhere.cookie)).toBe(401);
    const { email } = viewer;
    await expect(checkSignIn({ email, password: newPassword, source: "a" })).resolves.toMatchObject({ email });
    await expect(checkSignIn({ email, password: staffPassword, source: "a" })).rejects.toThrow();
    const target = `staff:${viewer.staffId}`;
    const entry = await getDatabase().auditEntry.findFirstOrThrow({
      where: { target, action: "staff.change-password" },
    });
    expect(entry).toMatchObject({ actor: target, before: null, after: null });
  });

  it("refuses a wrong current password, and many of them", async () => {
    const wrong = { currentPassword: "not this one at all", password: newPassword };
    expect(await (await change(wrong)).json()).toMatchObject({
      status: 422,
      code: "PASSWORD_WRONG",
      fields: { currentPassword: expect.any(String) },
    });
    for (let n = 0; n < 4; n += 1) await change(wrong);
    const right = await change({ currentPassword: staffPassword, password: newPassword });
    expect(await right.json()).toMatchObject({ status: 429, code: "SIGN_IN_THROTTLED" });
  });

  it("refuses one that gets guessed first", async () => {
    const answer = await change({ currentPassword: staffPassword, password: "Password123456!" });
    expect(await answer.json()).toMatchObject({
      code: "PASSWORD_TOO_COMMON",
      fields: { password: expect.any(String) },
    });
  });
});

describe("one's own sign-ins", () => {
  it("say where they came from", async () => {
    const { jwt } = authOptions().callbacks ?? {};
    const user = { id: viewer.staffId, address: "192.0.2.7", browser: "Mozilla/5.0 Firefox/140.0" };
    const token = await jwt?.({ token: {}, user, account: null });
    const listed = await ownSessions();
    expect(listed[0]).toMatchObject({
      id: token?.["sid"],
      address: "192.0.2.7",
      browser: "Mozilla/5.0 Firefox/140.0",
      isCurrent: false,
    });
    expect(listed.find(({ isCurrent }) => isCurrent)?.id).toBe(viewer.sessionId);
  });

  it("can be ended one by one, those of others not", async () => {
    const second = await createStaffSession(viewer.staffId);
    const stranger = await signedIn("viewer");
    const end = async (id: string) =>
      (await callRoute(revokeOne, { method: "POST", params: { id }, headers: viewer.headers })).status;
    expect(await end(stranger.sessionId)).toBe(404);
    expect(await statusOf(stranger.cookie)).toBe(200);
    expect(await end(second)).toBe(200);
    expect(await statusOf((await cookieOf(second)).cookie)).toBe(401);
    expect((await ownSessions()).map(({ id }) => id)).toEqual([viewer.sessionId]);
    const entry = await getDatabase().auditEntry.findFirst({
      where: { target: `session:${second}`, action: "session.revoke" },
    });
    expect(entry?.actor).toBe(`staff:${viewer.staffId}`);
  });

  it("can be ended everywhere else", async () => {
    for (let n = 0; n < 3; n += 1) await createStaffSession(viewer.staffId);
    const answer = await callRoute(revokeOthers, { method: "POST", headers: viewer.headers });
    expect(await answer.json()).toEqual({ revoked: 3 });
    expect(await ownSessions()).toHaveLength(1);
    expect(await statusOf(viewer.cookie)).toBe(200);
  });
});
