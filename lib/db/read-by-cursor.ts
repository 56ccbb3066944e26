import { ownClient } from "./own-client";
import { longReadUrl } from "./read-replica";

const pageRows = 5000;

/**
 * The rows of a query in pages, all of one moment, on a connection of its own (to the replica where there is one): as much
 * as one page is in memory. A reader that stops early ends it.
 *
 * @param text a SELECT with $1, $2, … for the values
 */
export async function* readByCursor<Row extends Record<string, unknown>>(
  text: string,
  values: readonly unknown[],
): AsyncGenerator<Row[], void, void> {
  const client = ownClient({ connectionString: await longReadUrl() });
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query(`DECLARE page CURSOR FOR ${text}`, [...values]);
    for (;;) {
      const { rows } = await client.query<Row>(`FETCH ${pageRows} FROM page`);
      if (rows.length > 0) yield rows;
      if (rows.length < pageRows) return;
    }
  } finally {
    await client.end();
  }
}
