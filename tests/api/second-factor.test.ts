import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { POST as confirm } from "@/app/api/account/second-factor/confirm/route";
import { POST as removeOwn } from "@/app/api/account/second-factor/remove/route";
import { POST as begin, GET as get } from "@/app/api/account/second-factor/route";
import { GET as me } from "@/app/api/me/route";
import { POST as removeOf } from "@/app/api/staff/[id]/second-factor/remove/route";
import { authOptions } from "@/lib/auth/auth-options";
import { recoveryCodesSchema, secondFactorSecretSchema } from "@/lib/contracts/staff";
import { getDatabase } from "@/lib/db/client";
import { checkSignIn } from "@/lib/services/check-sign-in";
import { createStaffSession } from "@/lib/services/staff-sessions";
import { totpCode, totpStep } from "@/lib/services/totp";
import { fromBase32 } from "@/tests/factories/base32";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, cookieOf, signedIn } from "@/tests/factories/portal-call";
import { signedInWithPassword, staffPassword } from "@/tests/factories/staff-desk";

let database: TestDatabase;
let ana: Awaited<ReturnType<typeof signedInWithPassword>>;

const codeAt = (secret: Buffer, steps = 0) => totpCode(secret, totpStep(Date.now()) + steps);
const signIn = (code?: string, source = "a") =>
  checkSignIn({ email: ana.email, password: staffPassword, source, ...(code === undefined ? {} : { code }) });
const status = async () => (await callRoute(get, { headers: ana.headers })).json();
const actionsOf = async () =>
  (await getDatabase().auditEntry.findMany({ where: { target: `staff:${ana.staffId}` } })).map(({ action }) => action);

async function secretOf(password = staffPassword): Promise<Buffer> {
  const answer = await callRoute(begin, { body: { password }, headers: ana.headers });
  return fromBase32(secondFactorSecretSchema.parse(await answer.json()).secret);
}

/** Turned on with the code of the step before, so that the present one is still unused. */
async function turnOn(): Promise<{ secret: Buffer; recoveryCodes: string[] }> {
  const secret = await secretOf();
  const answer = await callRoute(confirm, { body: { code: codeAt(secret, -1) }, headers: ana.headers });
  return { secret, ...recoveryCodesSchema.parse(await answer.json()) };
}

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await getDatabase().signInAttempt.deleteMany();
  ana = await signedInWithPassword("operator");
});

describe("setting a second factor up", () => {
  it("takes the password, then a code, and gives ten recovery codes once", async () => {
    expect(await status()).toEqual({ isOn: false, recoveryCodesLeft: 0 });
    const wrong = await callRoute(begin, { body: { password: "not this one" }, headers: ana.headers });
    expect(await wrong.json()).toMatchObject({ status: 422, fields: { password: expect.any(String) } });
    const secret = await secretOf();
    await expect(signIn()).resolves.toMatchObject({ email: ana.email });
    const bad = await callRoute(confirm, { body: { code: codeAt(secret, 5) }, headers: ana.headers });
    expect(await bad.json()).toMatchObject({ code: "SECOND_FACTOR_REFUSED", fields: { code: expect.any(String) } });

    const elsewhere = await cookieOf(await createStaffSession(ana.staffId));
    const good = await callRoute(confirm, { body: { code: codeAt(secret) }, headers: ana.headers });
    const { recoveryCodes } = recoveryCodesSchema.parse(await good.json());
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await status()).toEqual({ isOn: true, recoveryCodesLeft: 10 });
    expect((await callRoute(me, { headers: elsewhere })).status).toBe(401);
    expect((await callRoute(me, { headers: ana.headers })).status).toBe(200);
    expect(await actionsOf()).toEqual(expect.arrayContaining(["second-factor.begin", "second-factor.on"]));
    const again = await callRoute(begin, { body: { password: staffPassword }, headers: ana.headers });
    expect(await again.json()).toMatchObject({ status: 409, code: "SECOND_FACTOR_ON" });
  });

  it("keeps neither secret nor codes readable", async () => {
    const { secret, recoveryCodes } = await turnOn();
    const kept = [
      await getDatabase().secondFactor.findMany(),
      await getDatabase().recoveryCode.findMany(),
      await getDatabase().auditEntry.findMany(),
    ];
    const text = JSON.stringify(kept, (_, value) => (typeof value === "bigint" ? value.toString() : value));
    for (const shown of [secret.toString("base64url"), secret.toString("hex"), ...recoveryCodes])
      expect(text).not.toContain(shown);
  });
});

describe("signing in with a second factor", () => {
  it("asks for a code only after the right password", async () => {
    const { secret } = await turnOn();
    await expect(signIn()).rejects.toMatchObject({ code: "SECOND_FACTOR_REQUIRED" });
    const wrong = checkSignIn({ email: ana.email, password: "wrong", code: codeAt(secret), source: "a" });
    await expect(wrong).rejects.toMatchObject({ code: "SIGN_IN_REFUSED" });
    await expect(signIn("000 000")).rejects.toMatchObject({ code: "SECOND_FACTOR_REFUSED" });
    await expect(signIn(` ${codeAt(secret)} `)).resolves.toMatchObject({ email: ana.email });
  });

  it("takes no code twice, also by tries at once, and none before it", async () => {
    const { secret } = await turnOn();
    const code = codeAt(secret);
    const tries = await Promise.allSettled([signIn(code, "a"), signIn(code, "b"), signIn(code, "c")]);
    expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    await expect(signIn(codeAt(secret, -1), "d")).rejects.toMatchObject({ code: "SECOND_FACTOR_REFUSED" });
    await expect(signIn(codeAt(secret, 1), "e")).resolves.toMatchObject({ email: ana.email });
  });

  it("takes each recovery code once, of any way to type it", async () => {
    const { recoveryCodes } = await turnOn();
    const [first = ""] = recoveryCodes;
    await expect(signIn(first.toLowerCase().replace("-", " "))).resolves.toMatchObject({ email: ana.email });
    await expect(signIn(first)).rejects.toMatchObject({ code: "SECOND_FACTOR_REFUSED" });
    expect(await status()).toEqual({ isOn: true, recoveryCodesLeft: 9 });
    expect(await actionsOf()).toContain("second-factor.recovery-code");
  });

  it("slows guessed codes down like passwords", async () => {
    const { secret } = await turnOn();
    for (let n = 0; n < 5; n += 1)
      await expect(signIn(String(n).repeat(6))).rejects.toMatchObject({ code: "SECOND_FACTOR_REFUSED" });
    await expect(signIn(codeAt(secret))).rejects.toMatchObject({ code: "SIGN_IN_THROTTLED" });
  });

  it("does not count being asked for the code as a failure", async () => {
    const { secret } = await turnOn();
    for (let n = 0; n < 8; n += 1) await expect(signIn()).rejects.toMatchObject({ code: "SECOND_FACTOR_REQUIRED" });
    await expect(signIn(codeAt(secret))).resolves.toMatchObject({ email: ana.email });
  });
});

describe("turning a second factor off", () => {
  it("takes a code of it", async () => {
    const { recoveryCodes } = await turnOn();
    const off = async (code: string) => (await callRoute(removeOwn, { body: { code }, headers: ana.headers })).status;
    expect(await off("000000")).toBe(422);
    expect(await off(recoveryCodes[0] ?? "")).toBe(204);
    expect(await status()).toEqual({ isOn: false, recoveryCodesLeft: 0 });
    await expect(signIn()).resolves.toMatchObject({ email: ana.email });
  });

  it("is what administrators may do for others, with a reason", async () => {
    await turnOn();
    const params = { id: ana.staffId };
    const body = { reason: "Phone lost" };
    const refused = await callRoute(removeOf, { params, body, headers: ana.headers });
    expect(refused.status).toBe(403);
    const admin = await signedIn("admin");
    const headers = { cookie: admin.cookie };
    expect((await callRoute(removeOf, { params, body, headers })).status).toBe(204);
    const where = { target: `staff:${ana.staffId}`, action: "second-factor.off" };
    expect(await getDatabase().auditEntry.findFirst({ where })).toMatchObject({
      actor: `staff:${admin.staffId}`,
      reason: "Phone lost",
    });
    const again = await callRoute(removeOf, { params, body, headers });
    expect(await again.json()).toMatchObject({ status: 409, code: "SECOND_FACTOR_OFF" });
  });
});

describe("the sign-in page", () => {
  const authorise = (credentials: Record<string, string>) => {
    const [provider] = authOptions().providers;
    if (provider?.type !== "credentials") throw new Error("staff do not sign in with credentials");
    return provider.options["authorize"](credentials, { headers: { "x-forwarded-for": "192.0.2.9" } });
  };

  it("is told in one word what is missing, and hands the code on", async () => {
    const { secret } = await turnOn();
    const credentials = { email: ana.email, password: staffPassword };
    await expect(authorise(credentials)).rejects.toThrow(/^SECOND_FACTOR_REQUIRED$/);
    await expect(authorise({ ...credentials, code: "000000" })).rejects.toThrow(/^SECOND_FACTOR_REFUSED$/);
    const user = await authorise({ ...credentials, code: codeAt(secret) });
    expect(user).toMatchObject({ email: ana.email, address: "192.0.2.9" });
  });
});
