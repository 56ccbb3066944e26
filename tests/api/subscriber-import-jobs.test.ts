import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as cancel } from "@/app/api/subscriber-imports/[id]/cancel/route";
import { GET as result } from "@/app/api/subscriber-imports/[id]/result/route";
import { GET as listJobs, POST as upload } from "@/app/api/subscriber-imports/route";
import { importJobListSchema } from "@/lib/contracts/subscribers";
import { verifyAuditChain } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { ImportWorker, importWorker } from "@/lib/services/import-worker";
import { sleep } from "@/lib/shared/sleep";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { importCalls, importFile } from "@/tests/factories/import-calls";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let headers: Record<string, string>;
let imports: ReturnType<typeof importCalls>;

beforeAll(async () => {
  database = await startTestDatabase();
  headers = { cookie: (await signedIn("operator")).cookie };
  imports = importCalls(headers);
  await imports.committed(
    importFile(
      "+15550100000,310300000000005,active,gold,",
      "+15550100001,310300000000001,active,gold,youtube",
      "+15550100002,,active,gold,",
      "+15550100003,,suspended,silver,",
    ),
  );
  // From here on only workers of the tests work.
  await importWorker().close();
});
afterAll(() => database.stop());

describe("jobs", () => {
  const many = (count: number, classId: string) =>
    importFile(...Array.from({ length: count }, (_, n) => `+1555${2_000_000 + n},,active,${classId},`));

  it("go on where another worker was ended, and are done once", async () => {
    const { id } = await imports.send(many(30_000, "gold"));
    const first = new ImportWorker();
    first.wake();
    expect((await imports.settled(id)).state).toBe("checked");
    await imports.order(id);
    first.wake();
    const progress = async () => (await getDatabase().importJob.findUniqueOrThrow({ where: { id } })).progress;
    while ((await progress()) === 0) await sleep(2);
    await first.close();
    const left = await getDatabase().importJob.findUniqueOrThrow({ where: { id } });
    expect(left.state).toBe("committing");
    expect(left.progress).toBeLessThan(30_000);
    expect(await getDatabase().subscriber.count({ where: { msisdn: { startsWith: "15552" } } })).toBe(left.progress);
    const others = [new ImportWorker(), new ImportWorker()];
    for (const worker of others) worker.wake();
    const job = await imports.settled(id);
    for (const worker of others) await worker.close();
    expect(job).toMatchObject({ state: "done", progress: 30_000, counts: { create: 30_000, error: 0 } });
    expect(await getDatabase().subscriber.count({ where: { msisdn: { startsWith: "15552" } } })).toBe(30_000);
    expect((await imports.actionsOf(id)).filter((action) => action === "import.done")).toHaveLength(1);
  });

  it("can be cancelled: what is written stays, and no more is", async () => {
    const { id } = await imports.send(many(60_000, "silver"));
    const worker = new ImportWorker();
    worker.wake();
    await imports.settled(id);
    await imports.order(id);
    const written = () =>
      getDatabase().subscriber.count({ where: { serviceClassId: "silver", msisdn: { startsWith: "15552" } } });
    // The second chunk of six waits for a row that is held until the order to cancel has come.
    let letGo = () => {};
    const held = getDatabase().$transaction(
      async (transaction) => {
        await transaction.$queryRaw`SELECT 1 FROM subscribers WHERE msisdn = '15552015000' FOR UPDATE`;
        worker.wake();
        await new Promise<void>((resolve) => {
          letGo = resolve;
        });
      },
      { timeout: 60_000 },
    );
    while ((await written()) === 0) await sleep(2);
    const cancelling = callRoute(cancel, { headers, params: { id }, body: {} });
    await sleep(200);
    letGo();
    await held;
    expect(await (await cancelling).json()).toMatchObject({ state: "cancelled" });
    await worker.close();
    const job = await imports.settled(id);
    expect(await written()).toBe(job.progress);
    expect(job.progress).toBeLessThan(60_000);
    expect((await callRoute(cancel, { headers, params: { id }, body: {} })).status).toBe(409);
    expect((await imports.actionsOf(id)).at(-1)).toBe("import.cancel");
  });

  it("whose upload was lost fail, and are listed newest first", async () => {
    const data = { name: "lost.csv", state: "checking" as const, createdBy: "somebody", sizeBytes: 0 };
    const { id } = await getDatabase().importJob.create({
      data: { id: randomUUID(), ...data, uploadingUntil: new Date(Date.now() - 1000) },
    });
    const worker = new ImportWorker();
    worker.wake();
    expect(await imports.settled(id)).toMatchObject({
      state: "failed",
      failure: expect.stringContaining("interrupted"),
    });
    await worker.close();
    const page = async (query: string) =>
      importJobListSchema.parse(await (await callRoute(listJobs, { headers, query })).json());
    const first = await page("limit=1");
    expect(first.items.map((job) => job.id)).toEqual([id]);
    expect((await page(`limit=1&cursor=${first.nextCursor}`)).items[0]?.id).not.toBe(id);
  });

  it("fail when the upload breaks off", async () => {
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from(importFile("+15550130001,,active,gold,"))),
      pull: (controller) => controller.error(new Error("the connection was reset")),
    });
    const request = new Request("http://portal.test:3000/?name=broken.csv", {
      method: "POST",
      body: broken,
      headers: { ...headers, origin: "http://portal.test:3000", "content-type": "text/csv" },
      duplex: "half",
    } as RequestInit);
    expect((await upload(request, { params: Promise.resolve({}) })).status).toBe(400);
    const job = await getDatabase().importJob.findFirstOrThrow({ where: { name: "broken.csv" } });
    expect(job).toMatchObject({ state: "failed", failure: expect.stringContaining("interrupted") });
  });
});

describe("files", () => {
  it("come back byte for byte: export, import, export", async () => {
    const worker = new ImportWorker();
    const before = await imports.exported();
    expect(before).toMatch(/^msisdn,imsi,state,service_class,extra_white_lists\r\n/);
    expect(before).toContain("\r\n'+15550100001,'310300000000001,active,gold,youtube\r\n");
    const { id } = await imports.send(before);
    worker.wake();
    const checked = await imports.settled(id);
    expect(checked.counts).toEqual({ create: 0, update: 0, unchanged: checked.rows, error: 0 });
    await imports.order(id);
    worker.wake();
    expect((await imports.settled(id)).counts.unchanged).toBe(checked.rows);
    expect(await imports.exported()).toBe(before);
    await getDatabase().subscriber.deleteMany();
    const again = await imports.send(before);
    worker.wake();
    await imports.settled(again.id);
    await imports.order(again.id);
    worker.wake();
    expect((await imports.settled(again.id)).counts.create).toBe(checked.rows);
    expect(await imports.exported()).toBe(before);
    await worker.close();
  });

  it("are exported by the list's filter", async () => {
    const lines = (await imports.exported("search=%2B1555010&serviceClassId=gold")).trim().split("\r\n");
    expect(lines.slice(1).map((line) => line.split(",")[0])).toEqual([
      "'+15550100000",
      "'+15550100001",
      "'+15550100002",
    ]);
  });

  it("have their result, which can be mended and imported again", async () => {
    const worker = new ImportWorker();
    const { id } = await imports.send("msisdn,service_class\n+15550140001,gold\n=cmd(),gold\n", "numbers – März.csv");
    worker.wake();
    await imports.settled(id);
    const answer = await callRoute(result, { headers, params: { id } });
    expect(answer.headers.get("content-disposition")).toBe(
      `attachment; filename="result-numbers _ M_rz.csv"; filename*=UTF-8''result-numbers%20%E2%80%93%20M%C3%A4rz.csv`,
    );
    const file = await answer.text();
    const [headLine, good, bad] = file.split("\r\n");
    expect(headLine).toBe("msisdn,service_class,outcome,message");
    expect(good).toBe('\'+15550140001,gold,create,"New: gold, active"');
    expect(bad).toMatch(/^'=cmd\(\),gold,error,/);
    const again = await imports.send(file.replace("'=cmd()", "'+15550140002"));
    worker.wake();
    expect((await imports.settled(again.id)).counts).toMatchObject({ create: 2, error: 0 });
    await worker.close();
  });
});

it("leave a whole audit chain", async () => {
  expect(await verifyAuditChain(getDatabase())).toMatchObject({ brokenAt: null });
});
