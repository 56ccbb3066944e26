import { Client, type ClientConfig } from "pg";
import { inUtc } from "./in-utc";

/**
 * A connection beside the pool, not made yet. Where the server breaks it off, the query that runs or comes next rejects;
 * the event besides would end the process where nobody listens, more than once for one break.
 */
export function ownClient(config: ClientConfig & { connectionString: string }): Client {
  const client = new Client({ ...config, connectionString: inUtc(config.connectionString) });
  client.on("error", () => undefined);
  return client;
}
