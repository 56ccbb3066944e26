import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { getDatabase } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import { type HubEvent, PolicyHub } from "@/lib/services/policy-hub";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

describe("a portal's policy hub that starts", () => {
  it("tells its first follower of every change from there on", async () => {
    for (let round = 0; round < 5; round += 1) {
      const hub = new PolicyHub();
      const events: HubEvent[] = [];
      const revoke = { type: "revoke" as const, deviceIds: [`device-${round}`] };
      try {
        await hub.follow((event) => events.push(event));
        await getDatabase().$transaction((transaction) => notifyDatabase(transaction, revoke));
        await vi.waitFor(() => expect(events).toContainEqual(revoke));
      } finally {
        hub.close();
      }
    }
  });
});
