import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { POST as choosePassword } from "@/app/api/choose-password/route";
import { GET as me } from "@/app/api/me/route";
import { POST as createLink } from "@/app/api/staff/[id]/links/route";
import { PUT as changeStaff } from "@/app/api/staff/[id]/route";
import { POST as revokeSessions } from "@/app/api/staff/[id]/sessions/revoke/route";
import { GET as listSessions } from "@/app/api/staff/[id]/sessions/route";
import { POST as createStaff, GET as listStaff } from "@/app/api/staff/route";
import type { Role } from "@/lib/contracts/portal";
import { staffLinkSchema, staffListSchema, staffMemberSchema, staffSessionListSchema } from "@/lib/contracts/staff";
import { getDatabase } from "@/lib/db/client";
import { checkSignIn } from "@/lib/services/check-sign-in";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, cookieOf, signedIn } from "@/tests/factories/portal-call";
import { invite, signedInWithPassword, staffPassword, tokenOf } from "@/tests/factories/staff-desk";

let database: TestDatabase;
let admin: Awaited<ReturnType<typeof signedInWithPassword>>;

const newEmail = (): string => `new-${randomUUID().slice(0, 8)}@example.com`;
const statusOf = async (cookie: string) => (await callRoute(me, { headers: { cookie } })).status;
const lastAudit = (target: string, action: string) =>
  getDatabase().auditEntry.findFirst({ where: { target, action }, orderBy: { id: "desc" } });

type Change = { name?: string; role?: Role; isDisabled?: boolean };

async function change(id: string, change: Change, headers: Record<string, string> = admin.headers, etag?: string) {
  const list = await callRoute(listStaff, { headers: admin.headers, query: "limit=100" });
  const known = staffListSchema.parse(await list.json()).items.find((member) => member.id === id);
  if (known === undefined) throw new Error(`no account ${id}`);
  return callRoute(changeStaff, {
    method: "PUT",
    params: { id },
    headers: { ...headers, "if-match": `"${etag ?? known.etag}"` },
    body: {
      name: known.name,
      role: known.role,
      isDisabled: known.state === "disabled",
      reason: "A test",
      ...change,
    },
  });
}

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await getDatabase().staff.deleteMany();
  await getDatabase().signInAttempt.deleteMany();
  admin = await signedInWithPassword("admin");
});

describe("an invitation", () => {
  it("makes an account that chooses its password with the link, once", async () => {
    const email = newEmail();
    const { member, link } = await invite(admin.headers, email.toUpperCase(), "operator");
    expect(member).toMatchObject({ email, role: "operator", state: "invited", lastSignInAt: null });
    await expect(checkSignIn({ email, password: "", source: "a" })).rejects.toMatchObject({ code: "SIGN_IN_REFUSED" });
    expect(await lastAudit(`staff:${member.id}`, "staff.create")).toMatchObject({
      actor: `staff:${admin.staffId}`,
      after: { email, role: "operator", name: "New" },
    });

    const body = { token: tokenOf(link.url), password: staffPassword };
    const common = await callRoute(choosePassword, { body: { ...body, password: "Password123456!" } });
    expect(await common.json()).toMatchObject({
      code: "PASSWORD_TOO_COMMON",
      fields: { password: expect.any(String) },
    });
    expect((await callRoute(choosePassword, { body })).status).toBe(200);
    const again = await callRoute(choosePassword, { body });
    expect(await again.json()).toMatchObject({ status: 410, code: "STAFF_LINK_INVALID" });
    await expect(checkSignIn({ email, password: staffPassword, source: "a" })).resolves.toMatchObject({
      role: "operator",
    });
    expect(await lastAudit(`staff:${member.id}`, "staff.choose-password")).not.toBeNull();
  });

  it("keeps only hashes, in the audit log too", async () => {
    const { link } = await invite(admin.headers, newEmail(), "viewer");
    const kept = [await getDatabase().staffLink.findMany(), await getDatabase().auditEntry.findMany()];
    const text = JSON.stringify(kept, (_, value) => (typeof value === "bigint" ? value.toString() : value));
    expect(text).not.toContain(tokenOf(link.url));
  });

  it("is refused when expired, replaced, invented, or of a disabled account", async () => {
    const { member, link } = await invite(admin.headers, newEmail(), "viewer");
    const renewed = await callRoute(createLink, { method: "POST", params: { id: member.id }, headers: admin.headers });
    expect(renewed.status).toBe(201);
    const { url } = staffLinkSchema.parse(await renewed.json());
    const use = async (token: string) =>
      (await callRoute(choosePassword, { body: { token, password: staffPassword } })).status;
    expect(await use(tokenOf(link.url))).toBe(410);
    expect(await use("0123456789abcdefghijkl")).toBe(410);
    await getDatabase().staffLink.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await use(tokenOf(url))).toBe(410);
    await getDatabase().staffLink.updateMany({ data: { expiresAt: new Date(Date.now() + 60_000) } });
    await getDatabase().staff.update({ where: { id: member.id }, data: { disabledAt: new Date() } });
    expect(await use(tokenOf(url))).toBe(410);
    const ofDisabled = await callRoute(createLink, {
      method: "POST",
      params: { id: member.id },
      headers: admin.headers,
    });
    expect(await ofDisabled.json()).toMatchObject({ status: 409, code: "STAFF_DISABLED" });
  });

  it("is used once by many at once", async () => {
    const { link } = await invite(admin.headers, newEmail(), "viewer");
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() =>
        callRoute(choosePassword, { body: { token: tokenOf(link.url), password: staffPassword } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410]);
  });

  it("is not made for an address that has an account", async () => {
    const body = { name: "Other", email: admin.email.toUpperCase(), role: "viewer" };
    const answer = await callRoute(createStaff, { body, headers: admin.headers });
    expect(await answer.json()).toMatchObject({ status: 409, fields: { email: expect.any(String) } });
  });
});

describe("an account", () => {
  it("has its new role at the next request, with an audit row", async () => {
    const other = await signedIn("viewer");
    const answer = await change(other.staffId, { role: "support" });
    expect(staffMemberSchema.parse(await answer.json())).toMatchObject({ role: "support", state: "active" });
    expect(await (await callRoute(me, { headers: { cookie: other.cookie } })).json()).toMatchObject({
      role: "support",
    });
    expect(await lastAudit(`staff:${other.staffId}`, "staff.update")).toMatchObject({
      before: { role: "viewer" },
      after: { role: "support" },
      reason: "A test",
    });
  });

  it("is signed out when disabled, and stays so when enabled again", async () => {
    const other = await signedIn("operator");
    expect((await change(other.staffId, { isDisabled: true })).status).toBe(200);
    expect(await statusOf(other.cookie)).toBe(401);
    const answer = await change(other.staffId, { isDisabled: false });
    expect(await answer.json()).toMatchObject({ state: "active" });
    expect(await statusOf(other.cookie)).toBe(401);
  });

  it("keeps its own rights: nobody lowers or disables themselves", async () => {
    await signedInWithPassword("admin");
    for (const mine of [{ role: "viewer" as const }, { isDisabled: true }])
      expect(await (await change(admin.staffId, mine)).json()).toMatchObject({
        status: 409,
        code: "STAFF_OWN_ACCOUNT",
      });
    expect(await (await change(admin.staffId, { name: "Ana K" })).json()).toMatchObject({ name: "Ana K" });
  });

  it("is never the last administrator to go, also by two changes at once", async () => {
    const other = await signedInWithPassword("admin");
    const answers = await Promise.all([
      change(other.staffId, { role: "viewer" }),
      change(admin.staffId, { role: "viewer" }, other.headers),
    ]);
    expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    const left = { role: "admin" as const, disabledAt: null };
    expect(await getDatabase().staff.count({ where: left })).toBeGreaterThan(0);
  });

  it("does not count an administrator who never signed up", async () => {
    const other = await signedInWithPassword("admin");
    await getDatabase().staff.update({ where: { id: admin.staffId }, data: { passwordHash: null } });
    const answer = await change(other.staffId, { isDisabled: true });
    expect(await answer.json()).toMatchObject({ status: 409, code: "STAFF_LAST_ADMIN" });
  });

  it("is not changed by who did not see the last change", async () => {
    const other = await signedIn("viewer");
    const answer = await change(other.staffId, { role: "demo" }, admin.headers, "something-older");
    expect(await answer.json()).toMatchObject({ status: 412, current: { item: { id: other.staffId } } });
  });

  it("has its sessions listed and ended by an administrator", async () => {
    const other = await signedIn("operator");
    const second = await cookieOf((await signedIn("operator")).sessionId);
    const params = { id: other.staffId };
    const list = await callRoute(listSessions, { params, headers: admin.headers });
    const { items } = staffSessionListSchema.parse(await list.json());
    expect(items.map(({ id }) => id)).toEqual([other.sessionId]);
    const body = { sessionId: null, reason: "Lost the laptop" };
    const ended = await callRoute(revokeSessions, { params, headers: admin.headers, body });
    expect(await ended.json()).toEqual({ revoked: 1 });
    expect(await statusOf(other.cookie)).toBe(401);
    expect(await statusOf(second.cookie)).toBe(200);
    expect(await lastAudit(`session:${other.sessionId}`, "session.revoke")).toMatchObject({
      reason: "Lost the laptop",
    });
    const again = await callRoute(revokeSessions, { params, headers: admin.headers, body });
    expect(again.status).toBe(404);
  });

  it("is on one page of the list only", async () => {
    for (const role of ["viewer", "demo", "support", "operator"] as const) await signedIn(role);
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const query = cursor === null ? "limit=2" : `limit=2&cursor=${cursor}`;
      const page = staffListSchema.parse(await (await callRoute(listStaff, { headers: admin.headers, query })).json());
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
  });
});
