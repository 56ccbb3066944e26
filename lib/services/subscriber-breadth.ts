import { type Database, Prisma } from "@/lib/db/client";
import { meaningCondition } from "./subscriber-conditions";
import type { SearchMeaning } from "./subscriber-search";

/** What is found is counted up to here. */
export const maxCounted = 10_000;

/** The order of the index that answers a meaning, where that is not the list's. */
function indexOrder(meaning: SearchMeaning): Prisma.Sql | null {
  if (meaning.kind === "imsi-prefix") return Prisma.sql`s.imsi`;
  return meaning.kind === "msisdn-suffix" ? Prisma.sql`reverse(s.msisdn) USING ~<~` : null;
}

/**
 * The subscribers a meaning finds, at most one more than are counted, read by the meaning's own index: its order leaves
 * the planner no other way, however wrong it is about how many there are. Null where the list's own index finds them.
 */
export function nearRows(meaning: SearchMeaning, columns: Prisma.Sql): Prisma.Sql | null {
  const order = indexOrder(meaning);
  if (order === null) return null;
  return Prisma.sql`(SELECT ${columns} FROM subscribers s WHERE ${meaningCondition(meaning)}
    ORDER BY ${order} LIMIT ${maxCounted + 1})`;
}

/** How many subscribers the meanings find that another index than the list's answers: at most one more than are counted. */
export async function countNear(
  database: Database,
  meanings: readonly (SearchMeaning | null)[],
): Promise<ReadonlyMap<SearchMeaning, number>> {
  const probes = meanings.flatMap((meaning) => {
    const rows = meaning === null ? null : nearRows(meaning, Prisma.sql`1`);
    return rows === null || meaning === null
      ? []
      : [{ meaning, count: Prisma.sql`(SELECT count(*) FROM ${rows} near)` }];
  });
  if (probes.length === 0) return new Map();
  const counts = Prisma.join(probes.map(({ count }) => count));
  const [row] = await database.$queryRaw<{ found: bigint[] }[]>`SELECT ARRAY[${counts}] AS found`;
  return new Map(probes.map(({ meaning }, at) => [meaning, Number(row?.found[at] ?? 0)]));
}
