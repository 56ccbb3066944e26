import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendAudit, verifyAuditChain } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";

let database: TestDatabase;

const append = (target: string, after: unknown) =>
  getDatabase().$transaction((transaction) =>
    appendAudit(transaction, {
      actor: "system",
      action: "test",
      target,
      before: { b: 1, a: [1.5, null] },
      after,
      reason: "a test",
    }),
  );

/** What somebody with the database's own password could do. */
async function tamper(sql: string): Promise<void> {
  const client = new Client({ connectionString: database.server.databaseUrl });
  await client.connect();
  await client.query("BEGIN; ALTER TABLE audit_entries DISABLE TRIGGER USER");
  await client.query(sql);
  await client.query("ALTER TABLE audit_entries ENABLE TRIGGER USER; COMMIT");
  await client.end();
}

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

describe("the audit chain", () => {
  it("stays linear when many write at once", async () => {
    const before = await verifyAuditChain(getDatabase());
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        append(`thing:${n}`, { z: n, text: '한국 \u2028 "quoted"', at: new Date(n) }),
      ),
    );
    const after = await verifyAuditChain(getDatabase());
    expect(after).toMatchObject({ entries: before.entries + 30, brokenAt: null });
    expect(after.headHash).not.toBe(before.headHash);
  });

  it("has no entry of a change that was undone", async () => {
    const { entries } = await verifyAuditChain(getDatabase());
    const undone = getDatabase().$transaction(async (transaction) => {
      await appendAudit(transaction, { actor: "system", action: "test", target: "undone" });
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await verifyAuditChain(getDatabase())).toMatchObject({ entries, brokenAt: null });
  });

  it("cannot be changed through the product's own connection", async () => {
    await expect(getDatabase().auditEntry.updateMany({ data: { actor: "eve" } })).rejects.toThrow();
    await expect(getDatabase().auditEntry.deleteMany()).rejects.toThrow();
    await expect(getDatabase().$executeRaw`TRUNCATE audit_entries`).rejects.toThrow();
  });

  it.each([
    [
      "an entry is rewritten",
      `UPDATE audit_entries SET actor = 'eve' WHERE id = 5`,
      `UPDATE audit_entries SET actor = 'system' WHERE id = 5`,
    ],
    [
      "a value deep inside is changed",
      `UPDATE audit_entries SET after = jsonb_set(after, '{z}', '99') WHERE id = 7`,
      null,
    ],
  ])("shows where %s", async (_name, sql, undo) => {
    await tamper(sql);
    const { brokenAt } = await verifyAuditChain(getDatabase());
    expect(brokenAt).toBe(Number(/id = (\d+)/.exec(sql)?.[1]));
    if (undo !== null) {
      await tamper(undo);
      expect((await verifyAuditChain(getDatabase())).brokenAt).toBeNull();
    }
  });

  it("shows where an entry was taken out", async () => {
    await tamper("DELETE FROM audit_entries WHERE id = 3");
    expect((await verifyAuditChain(getDatabase())).brokenAt).toBe(3);
  });
});
