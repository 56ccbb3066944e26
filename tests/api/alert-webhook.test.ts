import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GET as get, PUT as put } from "@/app/api/alerts/webhook/route";
import { POST as test } from "@/app/api/alerts/webhook/test/route";
import { alertWebhookSchema } from "@/lib/contracts/alerts";
import { getDatabase } from "@/lib/db/client";
import { deliverAlerts } from "@/lib/services/deliver-alerts";
import { setEnv } from "@/lib/shared/env";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

type Message = { status: string; alerts: { status: string; labels: Record<string, string>; fingerprint: string }[] };

let database: TestDatabase;
let headers: { cookie: string };
let server: Server;
let url: string;
let taken: Message[] = [];
let answer = 200;

beforeAll(async () => {
  database = await startTestDatabase();
  headers = { cookie: (await signedIn("admin")).cookie };
  server = createServer(async (request, response) => {
    taken.push((await json(request)) as Message);
    response.writeHead(answer, { location: "http://127.0.0.1:1/elsewhere" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/a-secret-path`;
});
afterAll(async () => {
  server.close();
  await database.stop();
});
beforeEach(async () => {
  taken = [];
  answer = 200;
  setEnv("TWINPATH_WEBHOOK_RANGES", "127.0.0.0/8, ::1/128");
  await getDatabase().alert.deleteMany();
  await getDatabase().alertRule.updateMany({ data: { mutedUntil: null } });
});

const save = (next: string | null) => callRoute(put, { method: "PUT", headers, body: { url: next } });
const read = async () => alertWebhookSchema.parse(await (await callRoute(get, { headers })).json());

function fired(subject: string) {
  const at = new Date();
  const data = { kind: "node-down", subject, subjectName: subject, detail: "silent", since: at, firedAt: at };
  return getDatabase().alert.create({ data });
}

describe("the webhook's address", () => {
  it.each([
    ["http://127.0.0.1:9/x", "loopback"],
    ["https://localhost/x", "loopback"],
    ["https://10.1.2.3/x", "RFC 1918"],
    ["https://169.254.169.254/latest", "link-local"],
    ["https://[::1]/x", "loopback"],
    ["https://[::ffff:10.0.0.1]/x", "RFC 1918"],
    ["https://0x7f.1/x", "loopback"],
    ["http://198.41.0.4/x", "https only"],
    ["https://user:word@198.41.0.4/x", "password"],
    ["https://198.41.0.4:25/x", "mail"],
    ["ftp://198.41.0.4/x", "only https"],
    ["hook", "no address"],
  ])("%s is refused: %s", async (address, why) => {
    setEnv("TWINPATH_WEBHOOK_RANGES", "");
    const problem = await (await save(address)).json();
    expect(problem).toMatchObject({ status: 422, code: "WEBHOOK_REFUSED", detail: expect.stringContaining(why) });
    expect((await read()).origin).toBeNull();
  });

  it("is checked again when it is called: what was allowed once may not be now", async () => {
    expect((await save(url)).status).toBe(200);
    setEnv("TWINPATH_WEBHOOK_RANGES", "");
    await fired("p1");
    await deliverAlerts();
    expect(taken).toEqual([]);
    expect((await read()).failure).toContain("loopback");
    await save(null);
  });

  it("is not shown or logged with its path", async () => {
    await save(url);
    expect(await read()).toEqual({ origin: new URL(url).origin, sentAt: null, failure: null, failureTold: null });
    const entries = await getDatabase().auditEntry.findMany({ where: { action: "alert.webhook" } });
    expect(entries.length).toBeGreaterThan(0);
    expect(inspect(entries, { depth: 9 })).not.toContain("a-secret-path");
    expect((await save(null)).status).toBe(200);
    expect((await read()).origin).toBeNull();
  });
});

describe("alerts", () => {
  beforeEach(() => save(url));

  it("are sent once when they fire, and once when they are over, as the same one", async () => {
    const { id } = await fired("p1");
    await deliverAlerts();
    await deliverAlerts();
    expect(taken).toMatchObject([
      {
        version: "4",
        status: "firing",
        alerts: [{ status: "firing", labels: { alertname: "node-down", subject: "p1" } }],
      },
    ]);
    await getDatabase().alert.update({ where: { id }, data: { resolvedAt: new Date() } });
    await deliverAlerts();
    await deliverAlerts();
    expect(taken).toHaveLength(2);
    expect(taken[1]).toMatchObject({ status: "resolved", alerts: [{ status: "resolved" }] });
    expect(taken[1]?.alerts[0]?.fingerprint).toBe(taken[0]?.alerts[0]?.fingerprint);
    expect((await read()).sentAt).not.toBeNull();
  });

  it("that are muted are sent once the mute is over; those that were over by then are not", async () => {
    const where = { kind: "node-down" };
    await getDatabase().alertRule.update({ where, data: { mutedUntil: new Date(Date.now() + 60_000) } });
    await fired("p1");
    const { id } = await fired("p2");
    await deliverAlerts();
    expect(taken).toEqual([]);
    await getDatabase().alert.update({ where: { id }, data: { resolvedAt: new Date() } });
    await getDatabase().alertRule.update({ where, data: { mutedUntil: null } });
    await deliverAlerts();
    expect(taken.map(({ alerts }) => alerts.map(({ labels }) => labels["subject"]))).toEqual([["p1"]]);
  });

  it.each([500, 302])("are sent again after a while when the answer is %i, which is told", async (status) => {
    answer = status;
    await fired("p1");
    await deliverAlerts();
    await deliverAlerts();
    expect(taken).toHaveLength(1);
    const told = { code: "webhookAnswered", values: { host: new URL(url).host, status } };
    expect(await read()).toMatchObject({ failure: expect.stringContaining(String(status)), failureTold: told });
    answer = 200;
    await deliverAlerts(new Date(Date.now() + 31_000));
    expect(taken).toHaveLength(2);
    expect(await read()).toMatchObject({ failure: null, failureTold: null });
  });
});

describe("a test", () => {
  it("is sent at once, and says what went wrong", async () => {
    await save(url);
    expect((await callRoute(test, { headers, body: {} })).status).toBe(204);
    expect(taken).toMatchObject([{ alerts: [{ labels: { alertname: "test" } }] }]);
    answer = 404;
    const refused = await callRoute(test, { headers, body: {} });
    const told = { detail: { code: "webhookAnswered" } };
    expect(await refused.json()).toMatchObject({ status: 502, code: "WEBHOOK_FAILED", told });
    await save(null);
    expect((await callRoute(test, { headers, body: {} })).status).toBe(409);
  });
});
