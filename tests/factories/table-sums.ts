import { Client } from "pg";

export type TableSums = Record<string, { rows: number; sum: string }>;

/** Rows of each table and a checksum over all of them, whatever their order; partitions count as tables. */
export async function tableSums(databaseUrl: string): Promise<TableSums> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
    );
    const sums: TableSums = {};
    for (const { name } of tables) {
      const { rows } = await client.query(
        `SELECT count(*)::int AS rows, coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') AS sum FROM "${name}" t`,
      );
      sums[name] = rows[0];
    }
    return sums;
  } finally {
    await client.end();
  }
}

/** Tables whose rows are not the same in both; the migrations' own table has times of its own. */
export function differingTables(one: TableSums, other: TableSums): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  names.delete("_prisma_migrations");
  return [...names].filter((name) => one[name]?.sum !== other[name]?.sum || one[name]?.rows !== other[name]?.rows);
}
