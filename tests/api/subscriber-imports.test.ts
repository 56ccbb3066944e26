import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as upload } from "@/app/api/subscriber-imports/route";
import { verifyAuditChain } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { importWorker } from "@/lib/services/import-worker";
import { readPolicyState } from "@/lib/services/policy-state";
import { publishPolicy } from "@/lib/services/publish-policy";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { watchDatabaseEvents } from "@/tests/factories/database-events";
import { importCalls, importFile, importHead } from "@/tests/factories/import-calls";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let headers: Record<string, string>;
let imports: ReturnType<typeof importCalls>;
let actor: string;

beforeAll(async () => {
  database = await startTestDatabase();
  const operator = await signedIn("operator");
  headers = { cookie: operator.cookie };
  actor = `staff:${operator.staffId}`;
  imports = importCalls(headers);
});
afterAll(async () => {
  await importWorker().close();
  await database.stop();
});

describe("a dry run", () => {
  it("says of each row what a commit would do, and changes nothing", async () => {
    await imports.committed(
      importFile(
        "+15550100001,310150000000001,active,gold,youtube",
        "+15550100002,,active,gold,",
        "+15550100000,310150000000005,active,gold,",
      ),
    );
    const before = await imports.exported();
    const job = await imports.check(
      importFile(
        "+15550100001,310150000000001,active,gold,youtube",
        "+15550100002,310150000000002,suspended,silver,debian;youtube",
        "+15550100003,,active,bronze,",
        "+15550100004,,active,platinum,nowhere",
        "+15550100005,310150000000005,active,gold,",
        "+15550100003,,active,gold,",
        "+15550100006,310150000000009,active,gold,",
        "+15550100007,310150000000009,active,gold,",
        "01012345678,12,off,,",
        "8.21012E+11,,active,gold,",
        "+15550100008,,active",
        "+15550100009,,active,gold,,too,many",
      ),
    );
    expect(job).toMatchObject({ state: "checked", rows: 12, progress: 12, finishedAt: null, failure: null });
    expect(job.counts).toEqual({ create: 2, update: 1, unchanged: 1, error: 8 });
    const found = await imports.rows(job.id);
    expect(found.map(({ line, outcome }) => [line, outcome])).toEqual([
      [2, "unchanged"],
      [3, "update"],
      [4, "create"],
      [5, "error"],
      [6, "error"],
      [7, "error"],
      [8, "create"],
      [9, "error"],
      [10, "error"],
      [11, "error"],
      [12, "error"],
      [13, "error"],
    ]);
    const message = (line: number) => found.find((row) => row.line === line)?.message;
    expect(message(3)).toBe(
      "imsi none → 310150000000002; state active → suspended; service_class gold → silver; extra_white_lists none → debian;youtube",
    );
    expect(message(4)).toBe("New: bronze, active");
    expect(message(5)).toMatch(/no class "platinum".*gold, silver, bronze.*no white-list nowhere/);
    expect(message(6)).toContain("+15550100000 has this IMSI");
    expect(message(7)).toBe("Line 4 has the same msisdn already. Keep one of the two.");
    expect(message(9)).toBe("Line 8 has the same imsi already. Keep one of the two.");
    expect(message(10)).toMatch(/plus sign.*15 digits.*"off".*service_class is empty/);
    expect(message(11)).toContain("spreadsheet");
    expect(message(12)).toContain("3 cells");
    expect(message(13)).toContain("7 cells");
    expect((await imports.rows(job.id, "outcome=error")).length).toBe(8);
    expect(await imports.exported()).toBe(before);
    expect(await imports.actionsOf(job.id)).toEqual(["import.upload", "import.check"]);
  });

  it.each([
    ["nothing", "", "empty"],
    ["a head alone", `${importHead}\n`, "no row"],
    ["no msisdn column", "imsi,state\n1,active\n", "msisdn must be among them"],
    ["an unknown column", "msisdn,klass\n+15550109999,gold\n", '"klass"'],
    ["a column twice", "msisdn,imsi,imsi\n+15550109999,,\n", "twice"],
    ["semicolons", "msisdn;imsi\n+15550109999;\n", "commas"],
    ["an open quote", `${importHead}\n"+15550109999,,active,gold,\n`, "quote"],
    ["text after a quote", `${importHead}\n"+15550109999"x,,active,gold,\n`, "Line 2"],
    ["a quote over everything", `${importHead}\n"+15550109999${",a\n".repeat(6000)}`, "quote"],
    [
      "Latin-1",
      Buffer.from(`${importHead}\n+15550109998,,active,gold,\n+15550109999,,active,g\xfcld,\n`, "latin1"),
      "Line 3",
    ],
    ["UTF-16", Buffer.from(`\ufeff${importHead}\n`, "utf16le"), "UTF-8"],
    [
      "half a character at its end",
      Buffer.concat([Buffer.from(importFile("+15550109999,,active,gold,")), Buffer.from([0xc3])]),
      "UTF-8",
    ],
    ["a zero byte", `${importHead}\n+15550109999,,active,g\0old,\n`, "Line 2"],
  ])("refuses a file with %s and says why", async (_name, body, why) => {
    const job = await imports.send(body);
    expect(job).toMatchObject({ state: "failed", failure: expect.stringContaining(why) });
    expect(await imports.rows(job.id)).toEqual([]);
    expect(await imports.order(job.id)).toBe(409);
    expect(await imports.actionsOf(job.id)).toEqual(["import.upload", "import.fail"]);
  });

  it("refuses what is no CSV, comes from elsewhere or is too large, and keeps nothing of it", async () => {
    const jobs = () => getDatabase().importJob.count();
    const before = await jobs();
    const problem = async (change: Record<string, string>, body = importFile("+15550109999,,active,gold,")) =>
      (await callRoute(upload, { body, headers: { ...headers, "content-type": "text/csv", ...change } })).status;
    expect(await problem({ "content-type": "application/json" })).toBe(415);
    expect(await problem({ origin: "https://evil.example" })).toBe(403);
    expect(await problem({ "content-length": String(65 * 1024 * 1024) })).toBe(413);
    expect(await jobs()).toBe(before);
  });

  it("reads BOM, CRLF, mixed line ends, quotes, blanks, empty lines and any order of columns", async () => {
    const file =
      '\ufeffextra_white_lists, Service_Class ,msisdn,"imsi"\r\n' +
      '"youtube; debian",gold,"\'+15550110001",\'310150000000101\r\n' +
      "\r\n,,,\n" +
      ',"gold", +15550110002 ,\n' +
      '"","gold",+15550110003,""';
    const job = await imports.committed(file);
    expect(job).toMatchObject({ state: "done", rows: 3, counts: { create: 3, update: 0, unchanged: 0, error: 0 } });
    expect(await imports.subscriber("+15550110001")).toMatchObject({
      imsi: "310150000000101",
      state: "active",
      extraWhiteListIds: ["debian", "youtube"],
    });
    expect((await imports.rows(job.id)).map(({ line }) => line)).toEqual([2, 5, 6]);
  });
});

describe("a commit", () => {
  it("leaves what absent columns have, and clears what empty cells say", async () => {
    await imports.committed(importFile("+15550120001,310150000000201,suspended,silver,youtube"));
    await imports.committed("msisdn,service_class\n+15550120001,bronze\n");
    const kept = { state: "suspended", serviceClassId: "bronze", imsi: "310150000000201" };
    expect(await imports.subscriber("+15550120001")).toMatchObject({ ...kept, extraWhiteListIds: ["youtube"] });
    await imports.committed("msisdn,imsi,extra_white_lists\n+15550120001,,\n");
    expect(await imports.subscriber("+15550120001")).toMatchObject({
      ...kept,
      imsi: null,
      extraWhiteListIds: [],
      revision: 3,
    });
    const job = await imports.check("msisdn,state\n+15550120002,active\n");
    expect(await imports.rows(job.id)).toMatchObject([
      { outcome: "error", message: expect.stringContaining("service_class") },
    ]);
  });

  it("has an entry for each stage and tells the devices concerned", async () => {
    await imports.committed(importFile("+15550121001,,active,gold,", "+15550121002,,active,gold,"));
    const subscriberId = (await imports.subscriber("+15550121001"))?.id ?? "";
    await getDatabase().device.create({ data: { id: "imported", subscriberId, secretSha256: "0" } });
    const events = await watchDatabaseEvents(database.server.databaseUrl);
    const job = await imports.committed(
      importFile("+15550121001,,active,silver,", "+15550121002,,active,gold,", "nonsense,,,,"),
    );
    expect(await events.take()).toEqual([{ type: "revoke", deviceIds: ["imported"] }]);
    await events.close();
    expect(job).toMatchObject({ state: "done", counts: { create: 0, update: 1, unchanged: 1, error: 1 } });
    expect(await imports.actionsOf(job.id)).toEqual(["import.upload", "import.check", "import.commit", "import.done"]);
    const entry = await getDatabase().auditEntry.findFirst({
      where: { action: "import.commit" },
      orderBy: { id: "desc" },
    });
    expect(entry).toMatchObject({ actor, reason: "a test of imports", after: { update: 1, error: 1 } });
    expect(await imports.order(job.id)).toBe(409);
  });

  it("does not write what others changed since the dry run", async () => {
    await imports.committed(
      importFile("+15550122001,,active,gold,", "+15550122002,,active,gold,", "+15550122003,,active,gold,"),
    );
    const job = await imports.check(
      importFile(
        "+15550122001,,active,silver,",
        "+15550122002,,active,silver,",
        "+15550122003,310150000000301,active,gold,",
        "+15550122004,,active,gold,",
        "+15550122005,,active,gold,",
      ),
    );
    expect(job.counts).toEqual({ create: 2, update: 3, unchanged: 0, error: 0 });
    const write = getDatabase().subscriber;
    await write.update({ where: { msisdn: "15550122001" }, data: { serviceClassId: "bronze" } });
    await write.update({ where: { msisdn: "15550122002" }, data: { serviceClassId: "silver" } });
    const other = { state: "active" as const, serviceClassId: "gold" };
    await write.create({ data: { id: randomUUID(), msisdn: "15550122009", imsi: "310150000000301", ...other } });
    await write.create({ data: { id: randomUUID(), msisdn: "15550122004", ...other, serviceClassId: "bronze" } });
    await imports.order(job.id);
    expect((await imports.settled(job.id)).counts).toEqual({ create: 1, update: 0, unchanged: 1, error: 3 });
    const found = await imports.rows(job.id);
    expect(found.map(({ outcome }) => outcome)).toEqual(["error", "unchanged", "error", "error", "create"]);
    expect(found[0]?.message).toContain("Changed by others since the dry run");
    expect(found[0]?.message).toContain("service_class bronze → silver");
    expect(found[2]?.message).toContain("+15550122009 has this IMSI");
    expect(await imports.subscriber("+15550122001")).toMatchObject({ serviceClassId: "bronze" });
    expect(await imports.subscriber("+15550122004")).toMatchObject({ serviceClassId: "bronze" });
  });

  it("refuses a class that was taken out of the policy since", async () => {
    const { inForce } = await readPolicyState();
    const { version: _v, publishedAt: _p, ...content } = inForce;
    const extra = {
      ...content.serviceClasses[0],
      id: "passing",
      name: "Passing",
    } as (typeof content.serviceClasses)[0];
    const serviceClasses = [...content.serviceClasses, extra];
    await publishPolicy({ content: { ...content, serviceClasses }, reason: "one more", actor: "system" });
    const job = await imports.check(importFile("+15550123001,,active,passing,"));
    expect(job.counts).toMatchObject({ create: 1 });
    await publishPolicy({ content, reason: "one less", actor: "system" });
    await imports.order(job.id);
    expect((await imports.settled(job.id)).counts).toMatchObject({ create: 0, error: 1 });
    expect((await imports.rows(job.id))[0]?.message).toContain('no class "passing"');
  });
});

it("leave a whole audit chain", async () => {
  expect(await verifyAuditChain(getDatabase())).toMatchObject({ brokenAt: null });
});
