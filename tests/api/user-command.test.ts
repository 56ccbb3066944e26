import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runUserDisable, runUserList, runUserResetLink, runUserTotpOff } from "@/lib/cli/run-user";
import { getDatabase } from "@/lib/db/client";
import { choosePassword } from "@/lib/services/choose-password";
import { sealSecret } from "@/lib/services/sealed-secret";
import { findStaffSession } from "@/lib/services/staff-sessions";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { signedInWithPassword, tokenOf } from "@/tests/factories/staff-desk";

let database: TestDatabase;
let ana: Awaited<ReturnType<typeof signedInWithPassword>>;
let printed: string[];

const options = () => ({ dataDir: database.dataDir });
const lastAudit = (action: string) =>
  getDatabase().auditEntry.findFirst({ where: { action, target: `staff:${ana.staffId}` }, orderBy: { id: "desc" } });

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await getDatabase().staff.deleteMany();
  ana = await signedInWithPassword("admin");
  printed = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("twinpath user", () => {
  it("lists the accounts", async () => {
    await runUserList(options());
    expect(printed.join("\n")).toContain(`${ana.email}   admin   active   A admin`);
  });

  it("makes a link that chooses a new password, for the portal's address", async () => {
    await runUserResetLink(ana.email.toUpperCase(), { ...options(), portal: "https://portal.example" });
    const url = /https:\S+/.exec(printed.join("\n"))?.[0] ?? "";
    expect(url).toMatch(/^https:\/\/portal\.example\/choose-password\?token=/);
    const chosen = await choosePassword({ token: tokenOf(url), password: "four quite new plain words" });
    expect(chosen.email).toBe(ana.email);
    expect(await lastAudit("staff.link")).toMatchObject({ actor: "system" });
  });

  it("disables an account, but not the last administrator", async () => {
    await expect(runUserDisable(ana.email, options())).rejects.toMatchObject({ code: "STAFF_LAST_ADMIN" });
    await signedInWithPassword("admin");
    await runUserDisable(ana.email, options());
    expect(await findStaffSession(ana.sessionId)).toBeNull();
    expect(await lastAudit("staff.update")).toMatchObject({ actor: "system", reason: "twinpath user disable" });
  });

  it("turns a second factor off", async () => {
    const sealedSecret = sealSecret(Buffer.alloc(20), ana.staffId);
    const data = { staffId: ana.staffId, sealedSecret, confirmedAt: new Date() };
    await getDatabase().secondFactor.create({ data });
    await runUserList(options());
    expect(printed.join("\n")).toContain("active, second factor");
    await runUserTotpOff(ana.email, options());
    expect(await getDatabase().secondFactor.count()).toBe(0);
    await expect(runUserTotpOff(ana.email, options())).rejects.toMatchObject({ code: "SECOND_FACTOR_OFF" });
    expect(await lastAudit("second-factor.off")).toMatchObject({ actor: "system" });
  });

  it("says which address has no account", async () => {
    await expect(runUserDisable("nobody@example.com", options())).rejects.toThrow(/nobody@example\.com/);
  });
});
