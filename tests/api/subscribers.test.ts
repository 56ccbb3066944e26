import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DELETE, GET as getOne, PUT } from "@/app/api/subscribers/[id]/route";
import { POST as bulk } from "@/app/api/subscribers/bulk/route";
import { POST as create, GET as list } from "@/app/api/subscribers/route";
import {
  type BulkChange,
  type Subscriber,
  type SubscriberDetail,
  subscriberDetailSchema,
  subscriberListSchema,
} from "@/lib/contracts/subscribers";
import { verifyAuditChain } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { lockPolicy } from "@/lib/db/policy-versions";
import type { RouteHandler } from "@/lib/http/api-route";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { watchDatabaseEvents } from "@/tests/factories/database-events";
import { type Call, callRoute, signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let events: Awaited<ReturnType<typeof watchDatabaseEvents>>;
let headers: Record<string, string>;
let actor: string;

beforeAll(async () => {
  database = await startTestDatabase();
  events = await watchDatabaseEvents(database.server.databaseUrl);
  const operator = await signedIn("operator");
  headers = { cookie: operator.cookie };
  actor = `staff:${operator.staffId}`;
});
afterAll(async () => {
  await events.close();
  await database.stop();
});

const input = { imsi: null, state: "active", serviceClassId: "gold", extraWhiteListIds: [] as string[] };
let lastNumber = 821_010_000_000;
const newNumber = (): string => `+${++lastNumber}`;

async function call(handler: RouteHandler, options: Call): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await callRoute(handler, { ...options, headers: { ...headers, ...options.headers } });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? {} : JSON.parse(text) };
}

async function created(changes: Record<string, unknown> = {}): Promise<SubscriberDetail> {
  const { status, body } = await call(create, { body: { ...input, msisdn: newNumber(), ...changes } });
  expect(status, JSON.stringify(body)).toBe(201);
  return subscriberDetailSchema.parse(body);
}

const contents = ({ msisdn, imsi, state, serviceClassId, extraWhiteListIds }: Subscriber) => ({
  msisdn,
  imsi,
  state,
  serviceClassId,
  extraWhiteListIds,
});
const ifMatch = (etag: string) => ({ "if-match": `"${etag}"` });
const put = (subscriber: Subscriber, changes: Record<string, unknown>, etag = subscriber.etag) =>
  call(PUT, {
    method: "PUT",
    params: { id: subscriber.id },
    body: { ...contents(subscriber), ...changes },
    headers: ifMatch(etag),
  });
const find = async (query: Record<string, string>) => {
  const { status, body } = await call(list, { query: new URLSearchParams(query).toString() });
  expect(status, JSON.stringify(body)).toBe(200);
  return subscriberListSchema.parse(body);
};
const audit = (target: string) => getDatabase().auditEntry.findMany({ where: { target }, orderBy: { id: "asc" } });

function device(subscriberId: string, id = `d-${randomUUID()}`) {
  return getDatabase().device.create({ data: { id, subscriberId, secretSha256: "0".repeat(64) } });
}

describe("a subscriber", () => {
  it("is made, read and found as it was written, with an audit entry", async () => {
    const made = await created({ imsi: "450050000000001", extraWhiteListIds: ["youtube", "debian", "youtube"] });
    expect(made).toMatchObject({ extraWhiteListIds: ["debian", "youtube"], devices: 0, deviceList: [] });
    const read = await callRoute(getOne, { headers, params: { id: made.id } });
    expect(read.headers.get("etag")).toBe(`"${made.etag}"`);
    expect(await read.json()).toEqual(made);
    expect(await audit(`subscriber:${made.id}`)).toMatchObject([
      { actor, action: "subscriber.create", after: { msisdn: made.msisdn, serviceClassId: "gold" } },
    ]);
    const stored = await getDatabase().subscriber.findUniqueOrThrow({ where: { id: made.id } });
    expect(stored.msisdn).toBe(made.msisdn.slice(1));
  });

  it("is refused with the field to mend", async () => {
    const other = await created({ imsi: "450050000000002" });
    const fieldsOf = async (changes: Record<string, unknown>) => {
      const { status, body } = await call(create, { body: { ...input, msisdn: newNumber(), ...changes } });
      return [status, Object.keys(body["fields"] ?? {})];
    };
    expect(await fieldsOf({ msisdn: "01012345678" })).toEqual([422, ["msisdn"]]);
    expect(await fieldsOf({ imsi: "12" })).toEqual([422, ["imsi"]]);
    expect(await fieldsOf({ serviceClassId: "platinum" })).toEqual([422, ["serviceClassId"]]);
    expect(await fieldsOf({ extraWhiteListIds: ["nowhere"] })).toEqual([422, ["extraWhiteListIds"]]);
    expect(await fieldsOf({ msisdn: other.msisdn, imsi: other.imsi })).toEqual([409, ["msisdn", "imsi"]]);
  });

  it("is written once when two make it at the same moment", async () => {
    const body = { ...input, msisdn: newNumber() };
    const answers = await Promise.all([1, 2, 3, 4].map(() => call(create, { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it("is changed only by who saw it as it is", async () => {
    const made = await created();
    const blind = await call(PUT, { method: "PUT", params: { id: made.id }, body: contents(made) });
    expect(blind).toMatchObject({ status: 428, body: { code: "PRECONDITION_MISSING" } });
    const first = await put(made, { serviceClassId: "silver" });
    expect(first).toMatchObject({ status: 200, body: { serviceClassId: "silver" } });
    const second = await put(made, { state: "suspended" });
    expect(second).toMatchObject({ status: 412, body: { code: "PRECONDITION_FAILED" } });
    const { etag, item } = second.body["current"] as { etag: string; item: unknown };
    expect(subscriberDetailSchema.parse(item)).toMatchObject({ etag, serviceClassId: "silver", state: "active" });
    expect((await put(made, { state: "suspended", serviceClassId: "silver" }, etag)).status).toBe(200);
    const entries = await audit(`subscriber:${made.id}`);
    expect(entries.map(({ action }) => action)).toEqual([
      "subscriber.create",
      "subscriber.update",
      "subscriber.update",
    ]);
    expect(entries[1]).toMatchObject({ before: { serviceClassId: "gold" }, after: { serviceClassId: "silver" } });
  });

  it("loses nothing when many change it at once", async () => {
    const made = await created();
    const answers = await Promise.all(
      [
        { serviceClassId: "gold", state: "suspended" },
        { serviceClassId: "silver", state: "suspended" },
        { serviceClassId: "silver", state: "active" },
      ].map((change) => put(made, change)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it("that is written as it was leaves no entry and tells nobody", async () => {
    const made = await created();
    await device(made.id);
    await events.take();
    expect((await put(made, {})).status).toBe(200);
    expect(await audit(`subscriber:${made.id}`)).toHaveLength(1);
    expect(await events.take()).toEqual([]);
  });

  it("makes its devices' entitlements be asked for anew", async () => {
    const made = await created();
    const { id } = await device(made.id);
    await events.take();
    const changed = await put(made, { extraWhiteListIds: ["debian"] });
    expect(await events.take()).toEqual([{ type: "revoke", deviceIds: [id] }]);
    const deletion = { method: "DELETE", params: { id: made.id } };
    expect((await call(DELETE, deletion)).status).toBe(428);
    expect((await call(DELETE, { ...deletion, headers: ifMatch(made.etag) })).status).toBe(412);
    const etag = String(changed.body["etag"]);
    expect((await call(DELETE, { ...deletion, headers: ifMatch(etag) })).status).toBe(204);
    expect(await events.take()).toEqual([{ type: "revoke", deviceIds: [id] }]);
    expect((await call(getOne, { params: { id: made.id } })).status).toBe(404);
    expect((await call(DELETE, { ...deletion, headers: ifMatch(etag) })).status).toBe(404);
    expect(await getDatabase().device.findUnique({ where: { id } })).toBeNull();
    expect((await audit(`subscriber:${made.id}`)).at(-1)).toMatchObject({
      action: "subscriber.delete",
      before: { msisdn: made.msisdn, devices: [id] },
    });
  });
});

describe("the list", () => {
  it("pages by number, each once", async () => {
    const made = [];
    for (let n = 0; n < 7; n += 1) made.push((await created({ serviceClassId: "bronze" })).msisdn);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: Record<string, string> = { serviceClassId: "bronze", limit: "3" };
      const { items, nextCursor, total } = await find(cursor === "" ? page : { ...page, cursor });
      expect(total).toEqual({ value: 7, isExact: true });
      seen.push(...items.map(({ msisdn }) => msisdn));
      cursor = nextCursor;
    }
    expect(seen).toEqual(made.sort());
    expect((await call(list, { query: "cursor=nonsense" })).body).toMatchObject({ code: "REQUEST_BAD_CURSOR" });
  });

  it("finds by any writing of a number, an IMSI or an id", async () => {
    const imsi = "001019999888877";
    const made = await created({ msisdn: "+821055557777", imsi });
    const { id } = await device(made.id, "device-of-search");
    const writings = ["+82 10-5555-7777", "+82 (0)10 5555 7777", "010-5555-7777", "01055557777", "0082 10 5555 7777"];
    const others = ["821055557777", "55557777", "5557777", imsi, "00101999988", made.id, id];
    for (const search of [...writings, ...others])
      expect(
        (await find({ search })).items.map((item) => item.id),
        search,
      ).toEqual([made.id]);
    for (const search of ["+82105555777799", "nobody", "010-5555-7778", randomUUID(), "%", "_", "'"])
      expect((await find({ search })).items, search).toEqual([]);
    expect((await find({ search: "7777", state: "suspended" })).total).toEqual({ value: 0, isExact: true });
    expect((await find({ search: "5557777" })).items[0]).toMatchObject({ devices: 1 });
  });
});

describe("a bulk change", () => {
  const change = (body: Partial<BulkChange>, key: string | null = randomUUID()) =>
    call(bulk, {
      body: { change: { serviceClassId: "silver" }, reason: "a test of many", ...body },
      headers: key === null ? {} : { "idempotency-key": key },
    });

  it("changes the named ones once, whatever is repeated", async () => {
    const made = [await created(), await created(), await created({ serviceClassId: "silver" })];
    const { id: deviceId } = await device(made[0]?.id ?? "");
    const ids = [...made.map(({ id }) => id), randomUUID()];
    const body = { target: { kind: "ids" as const, ids } };
    expect((await change(body, null)).body).toMatchObject({ status: 400, code: "IDEMPOTENCY_KEY_MISSING" });
    await events.take();
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => change(body, key)));
    for (const answer of answers) expect(answer).toEqual({ status: 200, body: { matched: 3, changed: 2 } });
    expect(await events.take()).toEqual([{ type: "revoke", deviceIds: [deviceId] }]);
    const entries = await getDatabase().auditEntry.findMany({ where: { action: "subscriber.bulk" } });
    expect(entries).toMatchObject([{ actor, reason: "a test of many", after: { matched: 3, changed: 2 } }]);
    const other = await change({ ...body, change: { serviceClassId: "gold" } }, key);
    expect(other).toMatchObject({ status: 422, body: { code: "IDEMPOTENCY_KEY_REUSED" } });
    expect((await getDatabase().subscriber.findUniqueOrThrow({ where: { id: ids[0] ?? "" } })).revision).toBe(2);
  });

  it("changes what a filter finds, unless somebody changed the set", async () => {
    for (let n = 0; n < 3; n += 1) await created({ msisdn: `+4477009001${n}0` });
    const target = { kind: "filter" as const, filter: { search: "+44 7700 9001" }, expectedCount: 2 };
    const stale = await change({ target, change: { state: "suspended" } });
    expect(stale).toMatchObject({ status: 409, body: { code: "BULK_SET_CHANGED" } });
    expect((await find({ search: "+447700", state: "suspended" })).items).toEqual([]);
    const right = await change({ target: { ...target, expectedCount: 3 }, change: { state: "suspended" } });
    expect(right.body).toEqual({ matched: 3, changed: 3 });
    expect((await find({ search: "+447700", state: "suspended" })).items).toHaveLength(3);
  });

  it("says which class does not exist, and tells all when too many devices are concerned", async () => {
    const unknown = await change({
      target: { kind: "filter", filter: {}, expectedCount: null },
      change: { serviceClassId: "platinum" },
    });
    expect(unknown).toMatchObject({ status: 422, body: { fields: { "change.serviceClassId": expect.any(String) } } });
    const made = await created();
    for (let n = 0; n < 101; n += 1) await device(made.id);
    await events.take();
    await change({ target: { kind: "ids", ids: [made.id] } });
    expect(await events.take()).toEqual([{ type: "revoke", deviceIds: null }]);
  });
});

describe("a bulk change of very many", () => {
  const count = 10_050;
  const target = { kind: "filter" as const, filter: { search: "+4499" }, expectedCount: count };
  const entries = () => getDatabase().auditEntry.findMany({ where: { reason: "very many" }, orderBy: { id: "asc" } });
  const waiters = async (): Promise<number> => {
    const [row] = await getDatabase().$queryRaw<{ waiting: bigint }[]>`
      SELECT count(*) AS waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
    return Number(row?.waiting ?? 0);
  };
  const holdPolicy = (work: () => Promise<unknown>) =>
    getDatabase().$transaction(
      async (transaction) => {
        await lockPolicy(transaction);
        await work();
      },
      { timeout: 60_000 },
    );

  it("lets others publish between its chunks, each of which is in the audit log", async () => {
    await getDatabase().$executeRaw`
      INSERT INTO subscribers (id, msisdn, state, service_class_id)
      SELECT gen_random_uuid(), '4499' || lpad(n::text, 8, '0'), 'active', 'gold' FROM generate_series(1, ${count}) n`;
    const key = randomUUID();
    const start = () =>
      call(bulk, {
        body: { target, change: { serviceClassId: "silver" }, reason: "very many" },
        headers: { "idempotency-key": key },
      });
    let running: Promise<{ body: unknown }> | null = null;
    let publishing: Promise<void> | null = null;
    let writtenBefore: unknown[] = [];
    // Who waits for a lock gets it in the order of asking: the first chunk, then who publishes, then the second chunk.
    await holdPolicy(async () => {
      running = start();
      await expect.poll(waiters, { timeout: 30_000 }).toBe(1);
      publishing = holdPolicy(async () => {
        writtenBefore = await entries();
      });
      await expect.poll(waiters, { timeout: 30_000 }).toBe(2);
    });
    await publishing;
    expect(writtenBefore).toMatchObject([{ after: { matched: 10_000, changed: 10_000, upTo: "+449900010000" } }]);
    expect(await running).toMatchObject({ body: { matched: count, changed: count } });
    expect((await start()).body).toEqual({ matched: count, changed: count });
    expect(await entries()).toMatchObject([{}, { actor, after: { matched: 50, changed: 50 } }]);
    expect((await find({ search: "+4499", serviceClassId: "gold" })).items).toEqual([]);
    await getDatabase().subscriber.deleteMany({ where: { msisdn: { startsWith: "4499" } } });
  });
});

it("leaves a whole audit chain", async () => {
  expect(await verifyAuditChain(getDatabase())).toMatchObject({ brokenAt: null });
});
