import { Prisma, type Transaction } from "@/lib/db/client";
import type { PolicyIds } from "./policy-ids";

const none = Prisma.sql`'none'`;

/** What differs, in words; an absent column (null) leaves what is stored. Of `chunk r`, the subscriber `s`, `wanted`. */
const changes = Prisma.sql`concat_ws('; ',
  CASE WHEN r.imsi IS NOT NULL AND nullif(r.imsi, '') IS DISTINCT FROM s.imsi
    THEN format('imsi %s → %s', coalesce(s.imsi, ${none}), coalesce(nullif(r.imsi, ''), ${none})) END,
  CASE WHEN r.state <> s.state::text THEN format('state %s → %s', s.state, r.state) END,
  CASE WHEN r.service_class <> s.service_class_id
    THEN format('service_class %s → %s', s.service_class_id, r.service_class) END,
  CASE WHEN r.extra_white_lists IS NOT NULL
      AND NOT (s.extra_white_list_ids <@ wanted.lists AND wanted.lists <@ s.extra_white_list_ids)
    THEN format('extra_white_lists %s → %s', coalesce(nullif(array_to_string(s.extra_white_list_ids, ';'), ''), ${none}),
      coalesce(nullif(r.extra_white_lists, ''), ${none})) END)`;

function problems({ classIds, whiteListIds }: PolicyIds): Prisma.Sql {
  return Prisma.sql`concat_ws(' ',
    CASE WHEN r.service_class <> ALL(${classIds}::text[])
      THEN format('There is no class "%s" in the policy in force: write %s.', r.service_class, ${classIds.join(" or ")}::text) END,
    CASE WHEN s.id IS NULL AND r.service_class IS NULL
      THEN 'This subscriber is new and needs a class: add the column service_class.' END,
    CASE WHEN NOT wanted.lists <@ ${whiteListIds}::text[]
      THEN format('There is no white-list %s in the policy in force.', array_to_string(ARRAY(
        SELECT unnest(wanted.lists) EXCEPT SELECT unnest(${whiteListIds}::text[])), ', ')) END,
    CASE WHEN owner.id IS NOT NULL
      THEN format('The subscriber +%s has this IMSI. Take it away there first.', owner.msisdn) END)`;
}

/**
 * A query that gives what importing these rows would do to the subscribers as they are now: `line`, `outcome` and
 * `message` of each, `wanted` lists.
 *
 * @param chunk a query that gives rows of `import_rows`
 */
export function assessment(chunk: Prisma.Sql, known: PolicyIds): Prisma.Sql {
  return Prisma.sql`
    SELECT r.line,
      CASE WHEN found.problem <> '' THEN 'error' WHEN s.id IS NULL THEN 'create'
        WHEN found.changes = '' THEN 'unchanged' ELSE 'update' END::import_outcome AS outcome,
      CASE WHEN found.problem <> '' THEN found.problem
        WHEN s.id IS NULL THEN format('New: %s, %s', r.service_class, coalesce(r.state, 'active'))
        ELSE found.changes END AS message
    FROM (${chunk}) r
    LEFT JOIN subscribers s ON s.msisdn = substr(r.msisdn, 2)
    LEFT JOIN subscribers owner ON owner.imsi = nullif(r.imsi, '') AND owner.id IS DISTINCT FROM s.id
    CROSS JOIN LATERAL (
      SELECT coalesce(string_to_array(nullif(r.extra_white_lists, ''), ';'), '{}') AS lists
    ) wanted
    CROSS JOIN LATERAL (SELECT ${problems(known)} AS problem, ${changes} AS changes) found`;
}

/** The second and further rows of one number or IMSI are errors. */
export async function markRepeatedRows(transaction: Transaction, jobId: string): Promise<void> {
  // The planner knows nothing yet of rows that have just come, and joins them as if there were one.
  await transaction.$executeRaw`ANALYZE import_rows`;
  for (const column of [Prisma.sql`msisdn`, Prisma.sql`imsi`])
    await transaction.$executeRaw`
      WITH repeated AS MATERIALIZED (
        SELECT line, first FROM (
          SELECT line, min(line) OVER (PARTITION BY ${column}) AS first FROM import_rows
          WHERE job_id = ${jobId}::uuid AND ${column} <> ''
        ) numbered WHERE line > first
      )
      UPDATE import_rows r SET outcome = 'error',
        message = format('Line %s has the same ${column} already. Keep one of the two.', repeated.first)
      FROM repeated WHERE r.job_id = ${jobId}::uuid AND r.line = repeated.line AND r.outcome IS NULL`;
}
