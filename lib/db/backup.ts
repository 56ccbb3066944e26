import { createHash } from "node:crypto";
import type { Client } from "pg";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { version } from "@/lib/shared/version";
import { ownClient } from "./own-client";
import { usageDayBounds, usageDayTable } from "./usage-days";

/*
 * A backup is lines of text, each a kind, a tab, and JSON:
 *   twinpath  { version, madeAt, migrations, usageDays }   first: what made it, and the schema it fits
 *   <table>   a row, as PostgreSQL writes it as JSON
 *   end       { rows, sha256 }                  last: of all lines before, so that a cut-off or changed file is known
 * Rows pass as text: a number that JavaScript would round stays as it is.
 */

const batchRows = 1000;

/** Migrations fill these: a backup's rows replace those. */
const filledTables = ["alert_rules"];

type Head = { version?: string; migrations?: string[]; usageDays?: string[] };
export type BackupReport = { rows: number; tables: number };

/** Tables with their rows to keep; what Prisma notes of itself is in the first line. */
async function readTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
     AND NOT relispartition AND relname <> '_prisma_migrations' ORDER BY relname`,
  );
  return rows.map(({ name }) => name);
}

async function readMigrationNames(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL ORDER BY migration_name`,
  );
  return rows.map(({ name }) => name);
}

/** Days of which the usage ledger has a table of minutes, as "2026-11-29". */
async function readUsageDays(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ day: string }>(
    `SELECT to_char(to_date(right(relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') AS day FROM pg_inherits
     JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'usage_ledger_minutes'::regclass ORDER BY 1`,
  );
  return rows.map(({ day }) => day);
}

async function makeUsageDays(client: Client, days: readonly string[]): Promise<void> {
  for (const text of days) {
    const day = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : Number.NaN);
    if (Number.isNaN(day.getTime())) throw notWhole(`it names a day ${JSON.stringify(text)}`);
    const [from, to] = usageDayBounds(day);
    const table = client.escapeIdentifier(usageDayTable(day));
    await client.query(
      `CREATE TABLE ${table} PARTITION OF usage_ledger_minutes FOR VALUES FROM ('${from}') TO ('${to}')`,
    );
  }
}

async function withClient<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = ownClient({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function* rowsOf(client: Client, table: string): AsyncGenerator<string> {
  await client.query(
    `DECLARE backup CURSOR FOR SELECT to_jsonb(t)::text AS row FROM ${client.escapeIdentifier(table)} t`,
  );
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${batchRows} FROM backup`);
    for (const { row } of rows) yield row;
    if (rows.length < batchRows) break;
  }
  await client.query("CLOSE backup");
}

/** Everything in the database as of one moment, line by line, while it is in use. */
export async function* makeBackup(databaseUrl: string): AsyncGenerator<string, BackupReport> {
  const client = ownClient({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const hash = createHash("sha256");
    const seal = (line: string): string => {
      hash.update(line);
      return line;
    };
    const tables = await readTables(client);
    const migrations = await readMigrationNames(client);
    const usageDays = await readUsageDays(client);
    const head = { version, madeAt: new Date().toISOString(), migrations, usageDays };
    yield seal(`twinpath\t${JSON.stringify(head)}\n`);
    let rows = 0;
    for (const table of tables)
      for await (const row of rowsOf(client, table)) {
        rows += 1;
        yield seal(`${table}\t${row}\n`);
      }
    yield `end\t${JSON.stringify({ rows, sha256: hash.digest("hex") })}\n`;
    return { rows, tables: tables.length };
  } finally {
    await client.end();
  }
}

const notWhole = (why: string): AppError =>
  new AppError("BACKUP_NOT_WHOLE", `This is no whole backup: ${why}. Nothing was restored; take another one.`);

/** Each line has its end; only a bare line feed is one, as JSON text holds none. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const bytes of input) {
    const lines = `${rest}${decoder.decode(bytes, { stream: true })}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") throw notWhole("its last line is cut off");
}

/** A database that is in use is refused; what migrations filled is emptied. */
async function makeEmpty(client: Client, tables: readonly string[]): Promise<void> {
  for (const table of tables.filter((name) => !filledTables.includes(name))) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${client.escapeIdentifier(table)} LIMIT 1`);
    if (rowCount !== 0)
      throw new AppError(
        "BACKUP_NOT_EMPTY",
        `The database has rows already (${table}). Restore into a new data folder, or an empty database.`,
      );
  }
  for (const table of filledTables) await client.query(`DELETE FROM ${client.escapeIdentifier(table)}`);
}

function requireSameSchema(head: Head, migrations: readonly string[]): void {
  if (JSON.stringify(head.migrations) !== JSON.stringify(migrations))
    throw new AppError(
      "BACKUP_OTHER_VERSION",
      `The backup was made by version ${head.version} with another schema. Restore it with that version; a newer one then brings the database up to date.`,
    );
}

/** Numbers that the database gives out go on after the greatest one that was restored. */
async function advanceSequences(client: Client, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { rows } = await client.query<{ column: string; sequence: string }>(
      `SELECT attname AS column, pg_get_serial_sequence($1, attname) AS sequence FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
       AND pg_get_serial_sequence($1, attname) IS NOT NULL`,
      [client.escapeIdentifier(table)],
    );
    for (const { column, sequence } of rows)
      await client.query(
        `SELECT setval($1::regclass, greatest(max(${client.escapeIdentifier(column)}), 1), count(*) > 0)
         FROM ${client.escapeIdentifier(table)}`,
        [sequence],
      );
  }
}

/** Puts rows of one table in, many at once. */
class RowWriter {
  private table = "";
  private rows: string[] = [];

  constructor(private readonly client: Client) {}

  async add(table: string, row: string): Promise<void> {
    if (table !== this.table || this.rows.length >= batchRows) await this.flush();
    this.table = table;
    this.rows.push(row);
  }

  async flush(): Promise<void> {
    const rows = this.rows.splice(0);
    if (rows.length === 0) return;
    const name = this.client.escapeIdentifier(this.table);
    await this.client.query(
      `INSERT INTO ${name} SELECT (jsonb_populate_record(NULL::${name}, row)).* FROM jsonb_array_elements($1::jsonb) row`,
      [`[${rows.join(",")}]`],
    );
  }
}

async function restoreRows(client: Client, input: AsyncIterable<Uint8Array>): Promise<BackupReport> {
  const tables = await readTables(client);
  const migrations = await readMigrationNames(client);
  await makeEmpty(client, tables);
  const writer = new RowWriter(client);
  const hash = createHash("sha256");
  let rows = 0;
  let isBegun = false;
  let end: { rows?: number; sha256?: string } | null = null;
  for await (const line of linesOf(input)) {
    const tab = line.indexOf("\t");
    const kind = line.slice(0, Math.max(tab, 0));
    const text = line.slice(tab + 1);
    if (end !== null) throw notWhole("something follows its end");
    if (kind === "end") {
      end = JSON.parse(text);
      continue;
    }
    if (!isBegun) {
      if (kind !== "twinpath") throw notWhole("it does not begin as one");
      const head: Head = JSON.parse(text);
      requireSameSchema(head, migrations);
      await makeUsageDays(client, head.usageDays ?? []);
      isBegun = true;
    } else if (tables.includes(kind)) {
      rows += 1;
      await writer.add(kind, text);
    } else throw notWhole(`it has a row of an unknown table "${kind}"`);
    hash.update(`${line}\n`);
  }
  await writer.flush();
  if (end?.rows !== rows || end.sha256 !== hash.digest("hex")) throw notWhole("its end is missing, or it was changed");
  await advanceSequences(client, tables);
  return { rows, tables: tables.length };
}

/**
 * Put a backup into an empty database of the same schema, all or nothing.
 * Errors: AppError BACKUP_NOT_EMPTY, BACKUP_NOT_WHOLE, BACKUP_OTHER_VERSION, BACKUP_REFUSED.
 */
export async function restoreBackup(databaseUrl: string, input: AsyncIterable<Uint8Array>): Promise<BackupReport> {
  return withClient(databaseUrl, async (client) => {
    await client.query("BEGIN");
    try {
      // Rows come table by table: references are whole at the end only, and no trigger is to judge what was judged before.
      await client.query("SET LOCAL session_replication_role = replica");
      const report = await restoreRows(client, input);
      await client.query("COMMIT");
      return report;
    } catch (error) {
      await client.query("ROLLBACK");
      if (error instanceof AppError) throw error;
      throw new AppError("BACKUP_REFUSED", `The backup was not restored, nothing was changed: ${errorMessage(error)}`, {
        cause: error,
      });
    }
  });
}
