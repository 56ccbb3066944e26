import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as devices } from "@/app/api/devices/route";
import { POST as simulate } from "@/app/api/policy/simulate/route";
import { GET as importRows } from "@/app/api/subscriber-imports/[id]/rows/route";
import { GET as subscriber } from "@/app/api/subscribers/[id]/route";
import { GET as subscribers } from "@/app/api/subscribers/route";
import { POST as lookUp } from "@/app/api/support/look-up/route";
import { type Role, roleSchema } from "@/lib/contracts/portal";
import { say } from "@/lib/contracts/sentences";
import {
  deviceListSchema,
  importRowListSchema,
  subscriberDetailSchema,
  subscriberListSchema,
} from "@/lib/contracts/subscribers";
import { supportCaseSchema } from "@/lib/contracts/support";
import { getDatabase } from "@/lib/db/client";
import type { RouteHandler } from "@/lib/http/api-route";
import type { StaffActor } from "@/lib/services/actor";
import { identifiersFor } from "@/lib/services/identifiers";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { type Call, callRoute, signedIn } from "@/tests/factories/portal-call";

type Person = Awaited<ReturnType<typeof signedIn>>;
const msisdns = ["+821055550001", "+821055550002", "+821055550003"] as const;
const imsi = "450050123456789";
const ids = msisdns.map(() => randomUUID());
const [first = "", second = "", third = ""] = ids;
const jobId = randomUUID();
const people = new Map<Role, Person>();
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
  for (const role of roleSchema.options) people.set(role, await signedIn(role));
  const { subscriber: table, device, importJob, importRow } = getDatabase();
  for (const [at, msisdn] of msisdns.entries())
    await table.create({
      data: {
        id: ids[at] ?? "",
        msisdn: msisdn.slice(1),
        imsi: at === 0 ? imsi : null,
        state: "active",
        serviceClassId: "gold",
      },
    });
  await device.create({ data: { id: "masked-phone", subscriberId: first, secretSha256: "0".repeat(64) } });
  await importJob.create({ data: { id: jobId, name: "a.csv", state: "checked", createdBy: "system", sizeBytes: 1 } });
  await importRow.create({
    data: {
      jobId,
      line: 2,
      msisdn: msisdns[0],
      outcome: "error",
      told: [say("imsiTaken", { msisdn: `${msisdns[1]}` }).told, say("importOddImsi", { cell: `${imsi} ?` }).told],
    },
  });
});
afterAll(() => database.stop());

function person(role: Role): Person {
  const found = people.get(role);
  if (found === undefined) throw new Error(`nobody is ${role}`);
  return found;
}

function ask(role: Role, handler: RouteHandler, call: Call = {}): Promise<Response> {
  return callRoute(handler, { ...call, headers: { cookie: person(role).cookie } });
}

const places = [
  { name: "the list of subscribers", handler: subscribers, call: { query: "limit=2" } },
  { name: "a subscriber", handler: subscriber, call: { params: { id: first } } },
  { name: "the list of devices", handler: devices, call: {} },
  { name: "the rows of an import", handler: importRows, call: { params: { id: jobId } } },
] satisfies { name: string; handler: RouteHandler; call: Call }[];

/** Every digit of a number but the last four, wherever it is in an answer. */
const hidden = [...msisdns, imsi].map((number) => number.replace("+", "").slice(0, -4));
const isLeaking = (text: string): boolean => hidden.some((digits) => text.includes(digits));

describe("numbers", () => {
  it.each(places)("of $name are for admin and operator in full, for support masked, for nobody else", async (place) => {
    const seen = new Map<Role, string>();
    for (const role of roleSchema.options) {
      const answer = await ask(role, place.handler, place.call);
      const headers = JSON.stringify([...answer.headers]);
      seen.set(role, answer.status === 403 ? "refused" : `${isLeaking(headers + (await answer.text()))}`);
    }
    expect(Object.fromEntries(seen)).toEqual({
      admin: "true",
      operator: "true",
      support: "false",
      demo: "refused",
      viewer: "refused",
    });
  });

  it("are masked for every other role, were it to get them", async () => {
    for (const role of roleSchema.options) {
      const { staffId, sessionId } = person(role);
      const actor: StaffActor = {
        kind: "staff",
        id: staffId,
        name: "",
        email: "",
        role,
        language: null,
        sessionId,
        token: null,
      };
      const shown = (await identifiersFor(actor)).ofNumbers({ id: first, msisdn: msisdns[0], imsi });
      const isFull = role === "admin" || role === "operator";
      expect(shown, role).toEqual(
        isFull ? { id: first, msisdn: msisdns[0], imsi } : { id: first, msisdn: "••••0001", imsi: "••••6789" },
      );
    }
  });

  it("are shown by their last digits, and an ETag tells nothing of the others", async () => {
    const read = async (role: Role) =>
      subscriberDetailSchema.parse(await (await ask(role, subscriber, { params: { id: first } })).json());
    const masked = await read("support");
    expect(masked).toMatchObject({ msisdn: "••••0001", imsi: "••••6789", isMasked: true });
    expect(masked.deviceList).toMatchObject([{ msisdn: "••••0001" }]);
    const full = await read("operator");
    expect(full).toMatchObject({ msisdn: msisdns[0], imsi, isMasked: false });
    expect(masked.etag).not.toBe(full.etag);
  });

  it("of an import's row are masked in its sentence too", async () => {
    const answer = await ask("support", importRows, { params: { id: jobId } });
    const message =
      'The subscriber ••••0002 has this IMSI. Take it away there first. imsi "••••6789" does not have 15 digits.';
    const told = [
      { code: "imsiTaken", values: { msisdn: "••••0002" } },
      { code: "importOddImsi", values: { cell: "••••6789" } },
    ];
    expect(importRowListSchema.parse(await answer.json()).items).toEqual([
      { line: 2, msisdn: "••••0001", outcome: "error", message, told },
    ]);
  });
});

describe("who sees numbers masked", () => {
  const list = async (query: string) =>
    subscriberListSchema.parse(await (await ask("support", subscribers, { query })).json());

  it("pages through the list without getting one", async () => {
    const page = await list("limit=2");
    expect(page.items.map(({ id }) => id)).toEqual([first, second]);
    expect(page.nextCursor).toBe(second);
    expect((await list(`limit=2&cursor=${page.nextCursor}`)).items.map(({ id }) => id)).toEqual([third]);
    const unknown = await ask("support", subscribers, { query: `cursor=${randomUUID()}` });
    expect(unknown.status).toBe(400);
  });

  it("finds by whole numbers, last four digits and ids, not by any other part", async () => {
    const idsOf = async (search: string) =>
      (await list(`search=${encodeURIComponent(search)}`)).items.map(({ id }) => id);
    for (const search of [msisdns[0], "010-5555-0001", "0001", imsi, first, "masked-phone"])
      expect(await idsOf(search), search).toEqual([first]);
    for (const search of ["+8210", "+82105555000", "55550001", "50001", "450", imsi.slice(0, 14)])
      expect(await idsOf(search), search).toEqual(search === "55550001" ? [first] : []);
    const devicesBy = async (search: string) =>
      deviceListSchema.parse(
        await (await ask("support", devices, { query: `search=${encodeURIComponent(search)}` })).json(),
      ).items.length;
    expect([await devicesBy(msisdns[0]), await devicesBy("+8210"), await devicesBy("50001")]).toEqual([1, 0, 0]);
  });

  it("cannot try hidden digits in the simulator", async () => {
    const body = { host: "198.18.80.10", port: 443, policy: "in-force", ueAddress: null };
    const statusFor = async (role: Role, number: string) =>
      (await ask(role, simulate, { method: "POST", body: { ...body, subscriber: number } })).status;
    expect(await statusFor("operator", "0550001")).toBe(200);
    expect(await statusFor("support", "0550001")).toBe(404);
    expect(await statusFor("support", "010-5555-0001")).toBe(200);
  });

  it("sees those of whom they looked up, and why is kept; others of the role do not", async () => {
    const call = { method: "POST", body: { identifier: first, purpose: "ticket 12", destination: null } };
    const answer = await ask("support", lookUp, call);
    expect(supportCaseSchema.parse(await answer.json()).subscriber).toMatchObject({ msisdn: msisdns[0], imsi });
    expect((await list("limit=2")).items).toMatchObject([
      { msisdn: msisdns[0], imsi, isMasked: false },
      { msisdn: "••••0002", isMasked: true },
    ]);
    const colleague = await signedIn("support");
    const theirs = await callRoute(subscriber, { headers: { cookie: colleague.cookie }, params: { id: first } });
    expect(subscriberDetailSchema.parse(await theirs.json()).isMasked).toBe(true);
    const target = `subscriber:${first}`;
    const kept = await getDatabase().auditEntry.findMany({ where: { action: "support.look-up", target } });
    expect(kept).toMatchObject([{ actor: `staff:${person("support").staffId}`, reason: "ticket 12" }]);
  });

  it("sees them masked again once the look-up is an hour old", async () => {
    await getDatabase().lookUpGrant.updateMany({ data: { expiresAt: new Date() } });
    expect((await list("limit=1")).items).toMatchObject([{ msisdn: "••••0001", isMasked: true }]);
  });
});
