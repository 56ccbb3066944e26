import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as exportAudit } from "@/app/api/audit/export/route";
import { GET as listAudit } from "@/app/api/audit/route";
import { GET as verifyAudit } from "@/app/api/audit/verification/route";
import { type AuditEntry, auditListSchema, auditVerdictSchema } from "@/lib/contracts/audit";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let admin: Awaited<ReturnType<typeof signedIn>>;
let headers: Record<string, string>;

const append = (action: string, target: string, more: { reason?: string; after?: unknown } = {}) =>
  getDatabase().$transaction((transaction) =>
    appendAudit(transaction, { actor: `staff:${admin.staffId}`, action, target, ...more }),
  );

async function list(filter: Record<string, string> = {}): Promise<AuditEntry[]> {
  const items: AuditEntry[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: "7", ...filter, ...(cursor === null ? {} : { cursor }) });
    const answer = await callRoute(listAudit, { headers, query: query.toString() });
    const page = auditListSchema.parse(await answer.json());
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

beforeAll(async () => {
  database = await startTestDatabase();
  admin = await signedIn("admin");
  headers = { cookie: admin.cookie };
  for (let n = 0; n < 20; n += 1) await append("test.one", `thing:${n}`);
  await append("test.other", "thing:x", { reason: "=1+1", after: { name: "@SUM(A1)", deep: { list: [1] } } });
});
afterAll(() => database.stop());

describe("the audit log", () => {
  it("is paged, newest first, without a gap", async () => {
    const entries = await list();
    const ids = entries.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(new Set(ids).size).toBe(await getDatabase().auditEntry.count());
    expect(entries[0]).toMatchObject({
      action: "test.other",
      actorName: "A admin",
      reason: "=1+1",
      after: { deep: { list: [1] } },
    });
  });

  it("is filtered by who, what, whom and when", async () => {
    expect(await list({ action: "test.other" })).toHaveLength(1);
    expect(await list({ action: "test.", target: "thing:1" })).toHaveLength(11);
    expect((await list({ actor: "a ADMIN", action: "test." })).length).toBe(21);
    expect(await list({ actor: "nobody of this name" })).toEqual([]);
    expect((await list({ actor: "system" })).every(({ actor }) => actor === "system")).toBe(true);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    expect(await list({ from: tomorrow })).toEqual([]);
    expect((await list({ to: tomorrow, action: "test." })).length).toBe(21);
  });

  it("names an account that was changed", async () => {
    await append("staff.update", `staff:${admin.staffId}`);
    expect((await list({ action: "staff.update" }))[0]).toMatchObject({ targetName: "A admin" });
  });

  it("refuses bad filters and cursors", async () => {
    const code = async (query: string) => (await (await callRoute(listAudit, { headers, query })).json()).code;
    expect(await code("from=yesterday")).toBe("REQUEST_INVALID");
    expect(await code("cursor=nonsense")).toBe("REQUEST_BAD_CURSOR");
    expect(await code("cursor=WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIngiXQ")).toBe("REQUEST_BAD_CURSOR");
  });

  it("is exported as CSV, oldest first, without cells that a spreadsheet computes", async () => {
    const answer = await callRoute(exportAudit, { headers, query: "action=test." });
    expect(answer.headers.get("content-disposition")).toContain("audit.csv");
    const rows: Record<string, string>[] = parse(await answer.text(), { columns: true });
    expect(rows.map(({ action }) => action)).toEqual([...Array(20).fill("test.one"), "test.other"]);
    expect(rows.at(-1)).toMatchObject({ reason: "'=1+1", after: expect.stringContaining('"name":"@SUM(A1)"') });
    expect(rows.every((row) => Object.values(row).every((cell) => !/^[=+\-@]/.test(cell)))).toBe(true);
  });

  it("is verified", async () => {
    const answer = await callRoute(verifyAudit, { headers });
    const verdict = auditVerdictSchema.parse(await answer.json());
    expect(verdict).toMatchObject({ brokenAt: null, entries: await getDatabase().auditEntry.count() });
  });

  it("is for administrators", async () => {
    for (const role of ["operator", "support", "demo", "viewer"] as const) {
      const { cookie } = await signedIn(role);
      for (const handler of [listAudit, exportAudit, verifyAudit])
        expect((await callRoute(handler, { headers: { cookie } })).status).toBe(403);
    }
  });
});
