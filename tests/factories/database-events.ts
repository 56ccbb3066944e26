import { Client } from "pg";

/** What the product tells its processes through this database, from now on. */
export async function watchDatabaseEvents(databaseUrl: string) {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const events: Record<string, unknown>[] = [];
  client.on("notification", ({ payload }) => {
    events.push(JSON.parse(payload ?? "{}"));
  });
  await client.query("LISTEN twinpath_events");
  return {
    /** All since the last call. */
    take: async () => {
      // An answer of the server comes after the notifications that were committed before.
      await client.query("SELECT 1");
      return events.splice(0);
    },
    close: () => client.end(),
  };
}
