import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase } from "@/lib/db/client";
import { ownClient } from "@/lib/db/own-client";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";

const text = "2026-11-30T23:30:00.000Z";
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
  const client = ownClient({ connectionString: database.server.databaseUrl });
  await client.connect();
  await client.query("ALTER DATABASE twinpath SET TimeZone TO 'Asia/Seoul'");
  await client.end();
});
afterAll(() => database.stop());

it("moments are kept and read as they are where the server is in another time zone", async () => {
  const client = openDatabase(database.server.databaseUrl);
  const at = new Date(text);
  const [row] = await client.$queryRaw<{ isSame: boolean; isNow: boolean; at: Date }[]>`
    SELECT ${at}::timestamptz = ${text}::timestamptz AS "isSame", ${text}::timestamptz AS at,
      abs(extract(epoch FROM now() - ${new Date()}::timestamptz)) < 60 AS "isNow"`;
  expect(row).toEqual({ isSame: true, isNow: true, at });
  await client.signInAttempt.create({ data: { accountHash: "zone", source: "zone", at } });
  const [kept] = await client.$queryRaw<{ isSame: boolean }[]>`
    SELECT at = ${text}::timestamptz AS "isSame" FROM sign_in_attempts WHERE account_hash = 'zone'`;
  expect(kept).toEqual({ isSame: true });
  await client.$disconnect();
});

it("a connection of its own is in UTC too, with the options that its address has", async () => {
  const client = ownClient({ connectionString: `${database.server.databaseUrl}?options=-c%20work_mem%3D5MB` });
  await client.connect();
  const { rows } = await client.query<{ zone: string; memory: string }>(
    "SELECT current_setting('TimeZone') AS zone, current_setting('work_mem') AS memory",
  );
  expect(rows).toEqual([{ zone: "UTC", memory: "5MB" }]);
  await client.end();
});
