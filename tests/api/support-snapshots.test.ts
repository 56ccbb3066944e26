import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as lookUp } from "@/app/api/support/look-up/route";
import { POST as revoke } from "@/app/api/support/snapshots/[token]/revoke/route";
import { GET as open } from "@/app/api/support/snapshots/[token]/route";
import { POST as make } from "@/app/api/support/snapshots/route";
import {
  type MadeSnapshot,
  madeSnapshotSchema,
  type SealedCase,
  sealedCaseSchema,
  supportSnapshotSchema,
} from "@/lib/contracts/support";
import { getDatabase } from "@/lib/db/client";
import { ensureDemoSubscriber } from "@/lib/services/ensure-demo-subscriber";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { sha256Hex } from "@/lib/shared/ids";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

type Person = Awaited<ReturnType<typeof signedIn>>;
let database: TestDatabase;
let maker: Person;
let colleague: Person;
let admin: Person;
const dayMs = 24 * 3_600_000;

beforeAll(async () => {
  database = await startTestDatabase();
  [maker, colleague, admin] = [await signedIn("support"), await signedIn("support"), await signedIn("admin")];
  await ensureTestbedPolicy({ contentCidr: "198.18.80.0/24", lteCidr: "100.64.0.0/10", wifiCidr: "192.168.0.0/16" });
  await ensureDemoSubscriber({ classId: "gold" });
});
afterAll(() => database.stop());

const headersOf = ({ cookie }: Person) => ({ cookie });

async function lookedUp(by: Person): Promise<SealedCase> {
  const body = { identifier: "demo-ue", purpose: "ticket 4711", destination: null };
  return sealedCaseSchema.parse(await (await callRoute(lookUp, { body, headers: headersOf(by) })).json());
}

const keep = (by: Person, shown: SealedCase, days: number) =>
  callRoute(make, { body: { shown, days }, headers: headersOf(by) });

async function made(days = 7, by = maker): Promise<MadeSnapshot & { shown: SealedCase }> {
  const shown = await lookedUp(by);
  const answer = await keep(by, shown, days);
  expect(answer.status).toBe(201);
  return { ...madeSnapshotSchema.parse(await answer.json()), shown };
}

const opened = (by: Person, token: string) => callRoute(open, { headers: headersOf(by), params: { token } });
const takeBack = (by: Person, token: string) =>
  callRoute(revoke, { body: {}, headers: headersOf(by), params: { token } });
const rowOf = (token: string) =>
  getDatabase().supportSnapshot.findUniqueOrThrow({ where: { tokenHash: sha256Hex(token) } });

/** The immutable row's clock cannot be turned: another row, made earlier, takes its place. */
async function aged(token: string, expiredForMs: number): Promise<void> {
  const { content, ...row } = await rowOf(token);
  await getDatabase().supportSnapshot.delete({ where: { id: row.id } });
  const expiresAt = new Date(Date.now() - expiredForMs);
  await getDatabase().supportSnapshot.create({ data: { ...row, content: content ?? {}, expiresAt } });
}

describe("a snapshot", () => {
  it("shows what the look-up showed, to the day it was asked for, by a secret that is not stored", async () => {
    for (const days of [1, 7, 30]) {
      const { token, expiresAt, shown } = await made(days);
      expect(Math.abs(Date.parse(expiresAt) - Date.now() - days * dayMs)).toBeLessThan(10_000);
      const { seal: _, ...content } = shown;
      const answer = await opened(maker, token);
      expect(supportSnapshotSchema.parse(await answer.json())).toMatchObject({
        shown: content,
        madeBy: "A support",
        mayRevoke: true,
        isMasked: false,
      });
      const everything = [await getDatabase().supportSnapshot.findMany(), await getDatabase().auditEntry.findMany()];
      expect(inspect(everything, { depth: 12, maxArrayLength: null })).not.toContain(token);
    }
    expect((await keep(maker, await lookedUp(maker), 2)).status).toBe(422);
  });

  it("keeps only what the portal showed to this member of staff", async () => {
    const shown = await lookedUp(maker);
    const forged = { ...shown, verdict: { ...shown.verdict, sentence: "Everything is fine." } };
    for (const answer of [await keep(maker, forged, 7), await keep(colleague, shown, 7)])
      expect(await answer.json()).toMatchObject({ status: 409, code: "SNAPSHOT_NOT_SHOWN" });
  });

  it("is masked for support that has not looked this subscriber up, and is not theirs to take back", async () => {
    const { token, shown } = await made();
    const theirs = supportSnapshotSchema.parse(await (await opened(colleague, token)).json());
    expect(theirs).toMatchObject({ isMasked: true, mayRevoke: false });
    expect(theirs.shown.subscriber.msisdn).toBe(`••••${shown.subscriber.msisdn.slice(-4)}`);
    const theirAnswer = supportSnapshotSchema.parse(await (await opened(admin, token)).json());
    expect(theirAnswer).toMatchObject({ isMasked: false, mayRevoke: true });
    expect(theirAnswer.shown.subscriber.msisdn).toBe(shown.subscriber.msisdn);
    expect((await takeBack(colleague, token)).status).toBe(403);
    expect((await opened(maker, token)).status).toBe(200);
  });

  it("is taken back by its maker or an administrator, for good", async () => {
    for (const by of [maker, admin]) {
      const { token } = await made();
      expect((await takeBack(by, token)).status).toBe(204);
      expect(await (await opened(maker, token)).json()).toMatchObject({ status: 410, code: "SNAPSHOT_REVOKED" });
      expect((await takeBack(by, token)).status).toBe(410);
    }
  });

  it("has its making, opening and taking back in the audit log", async () => {
    const { token } = await made();
    await opened(colleague, token);
    await takeBack(admin, token);
    const { id, subscriberId } = await rowOf(token);
    const entries = await getDatabase().auditEntry.findMany({
      where: { target: `snapshot:${id}` },
      orderBy: { id: "asc" },
    });
    expect(entries).toMatchObject([
      { action: "support.snapshot", actor: `staff:${maker.staffId}`, reason: "ticket 4711", after: { subscriberId } },
      { action: "support.snapshot-open", actor: `staff:${colleague.staffId}` },
      { action: "support.snapshot-revoke", actor: `staff:${admin.staffId}` },
    ]);
  });

  it("cannot be changed in the database", async () => {
    const { token } = await made();
    const { id } = await rowOf(token);
    const change = getDatabase().supportSnapshot.update({ where: { id }, data: { content: {} } });
    await expect(change).rejects.toThrow();
    expect((await rowOf(token)).content).toHaveProperty("verdict");
  });

  it("says that it expired, then is removed", async () => {
    const { token } = await made(1);
    await aged(token, 1000);
    expect(await (await opened(maker, token)).json()).toMatchObject({ status: 410, code: "SNAPSHOT_EXPIRED" });
    await aged(token, dayMs + 1000);
    await lookedUp(maker);
    expect(await getDatabase().supportSnapshot.findUnique({ where: { tokenHash: sha256Hex(token) } })).toBeNull();
    expect(await (await opened(maker, token)).json()).toMatchObject({ status: 404, code: "SNAPSHOT_UNKNOWN" });
  });
});
