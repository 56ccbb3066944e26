import type { SentenceCode } from "@/lib/contracts/sentences";
import { Prisma, type Transaction } from "@/lib/db/client";
import type { PolicyIds } from "./policy-ids";

const none = Prisma.sql`'none'`;

/** A sentence by its code, as `Told`. */
export function told(code: SentenceCode, values: Readonly<Record<string, Prisma.Sql>> = {}): Prisma.Sql {
  const named = Object.entries(values).map(([name, value]) => Prisma.sql`${name}::text, ${value}`);
  const object = named.length === 0 ? Prisma.sql`'{}'::jsonb` : Prisma.sql`jsonb_build_object(${Prisma.join(named)})`;
  return Prisma.sql`jsonb_build_object('code', ${code}::text, 'values', ${object})`;
}

/** Those that are said (not null), as one list. */
export function listOf(sentences: readonly Prisma.Sql[]): Prisma.Sql {
  return Prisma.sql`to_jsonb(array_remove(ARRAY[${Prisma.join([...sentences])}]::jsonb[], NULL))`;
}

function change(column: string, before: Prisma.Sql, after: Prisma.Sql): Prisma.Sql {
  return told("importChange", { column: Prisma.sql`${column}::text`, before, after });
}

/** What differs; an absent column (null) leaves what is stored. Of `chunk r`, the subscriber `s`, `wanted`. */
const changes = listOf([
  Prisma.sql`CASE WHEN r.imsi IS NOT NULL AND nullif(r.imsi, '') IS DISTINCT FROM s.imsi
    THEN ${change("imsi", Prisma.sql`coalesce(s.imsi, ${none})`, Prisma.sql`coalesce(nullif(r.imsi, ''), ${none})`)} END`,
  Prisma.sql`CASE WHEN r.state <> s.state::text
    THEN ${change("state", Prisma.sql`s.state::text`, Prisma.sql`r.state`)} END`,
  Prisma.sql`CASE WHEN r.service_class <> s.service_class_id
    THEN ${change("service_class", Prisma.sql`s.service_class_id`, Prisma.sql`r.service_class`)} END`,
  Prisma.sql`CASE WHEN r.extra_white_lists IS NOT NULL
      AND NOT (s.extra_white_list_ids <@ wanted.lists AND wanted.lists <@ s.extra_white_list_ids)
    THEN ${change(
      "extra_white_lists",
      Prisma.sql`coalesce(nullif(array_to_string(s.extra_white_list_ids, ';'), ''), ${none})`,
      Prisma.sql`coalesce(nullif(r.extra_white_lists, ''), ${none})`,
    )} END`,
]);

function problems({ classIds, whiteListIds }: PolicyIds): Prisma.Sql {
  return listOf([
    Prisma.sql`CASE WHEN r.service_class <> ALL(${classIds}::text[])
      THEN ${told("classNotInForce", { id: Prisma.sql`r.service_class`, known: Prisma.sql`${classIds.join(", ")}::text` })} END`,
    Prisma.sql`CASE WHEN s.id IS NULL AND r.service_class IS NULL THEN ${told("importNeedsClass")} END`,
    Prisma.sql`CASE WHEN NOT wanted.lists <@ ${whiteListIds}::text[]
      THEN ${told("listsNotInForce", {
        ids: Prisma.sql`array_to_string(ARRAY(SELECT unnest(wanted.lists) EXCEPT SELECT unnest(${whiteListIds}::text[])), ', ')`,
      })} END`,
    Prisma.sql`CASE WHEN owner.id IS NOT NULL THEN ${told("imsiTaken", { msisdn: Prisma.sql`'+' || owner.msisdn` })} END`,
  ]);
}

/**
 * A query that gives what importing these rows would do to the subscribers as they are now: `line`, `outcome` and
 * what is `told` of each, `wanted` lists.
 *
 * @param chunk a query that gives rows of `import_rows`
 */
export function assessment(chunk: Prisma.Sql, known: PolicyIds): Prisma.Sql {
  return Prisma.sql`
    SELECT r.line,
      CASE WHEN found.problems <> '[]' THEN 'error' WHEN s.id IS NULL THEN 'create'
        WHEN found.changes = '[]' THEN 'unchanged' ELSE 'update' END::import_outcome AS outcome,
      CASE WHEN found.problems <> '[]' THEN found.problems
        WHEN s.id IS NULL THEN ${listOf([told("importNew", { className: Prisma.sql`r.service_class`, state: Prisma.sql`coalesce(r.state, 'active')` })])}
        ELSE found.changes END AS told
    FROM (${chunk}) r
    LEFT JOIN subscribers s ON s.msisdn = substr(r.msisdn, 2)
    LEFT JOIN subscribers owner ON owner.imsi = nullif(r.imsi, '') AND owner.id IS DISTINCT FROM s.id
    CROSS JOIN LATERAL (
      SELECT coalesce(string_to_array(nullif(r.extra_white_lists, ''), ';'), '{}') AS lists
    ) wanted
    CROSS JOIN LATERAL (SELECT ${problems(known)} AS problems, ${changes} AS changes) found`;
}

/** The second and further rows of one number or IMSI are errors. */
export async function markRepeatedRows(transaction: Transaction, jobId: string): Promise<void> {
  // The planner knows nothing yet of rows that have just come, and joins them as if there were one.
  await transaction.$executeRaw`ANALYZE import_rows`;
  for (const name of ["msisdn", "imsi"]) {
    const column = Prisma.raw(name);
    await transaction.$executeRaw`
      WITH repeated AS MATERIALIZED (
        SELECT line, first FROM (
          SELECT line, min(line) OVER (PARTITION BY ${column}) AS first FROM import_rows
          WHERE job_id = ${jobId}::uuid AND ${column} <> ''
        ) numbered WHERE line > first
      )
      UPDATE import_rows r SET outcome = 'error',
        told = ${listOf([told("importRepeats", { first: Prisma.sql`repeated.first`, column: Prisma.sql`${name}::text` })])}
      FROM repeated WHERE r.job_id = ${jobId}::uuid AND r.line = repeated.line AND r.outcome IS NULL`;
  }
}
