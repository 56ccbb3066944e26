import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownClient } from "@/lib/db/own-client";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";

let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

describe("a connection beside the pool", () => {
  it("tells by its next query that the server broke it off, and leaves the process alone", async () => {
    const connectionString = database.server.databaseUrl;
    const [client, other] = [ownClient({ connectionString }), ownClient({ connectionString })];
    await client.connect();
    await other.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const ended = new Promise((resolve) => client.once("end", resolve));
    await other.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
    await ended;
    await expect(client.query("SELECT 1")).rejects.toThrow(/connection/i);
    await other.end();
  });
});
