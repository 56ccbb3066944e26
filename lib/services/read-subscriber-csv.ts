import { CsvError, parse } from "csv-parse";
import { say } from "@/lib/contracts/sentences";
import { maxImportRows } from "@/lib/contracts/subscribers";
import type { Said } from "@/lib/shared/said";
import { readCell } from "./csv-cell";
import { ImportFileProblem } from "./import-file-problem";
import { type CsvColumn, csvColumns, readSubscriberCells, resultColumns, type SubscriberCells } from "./subscriber-csv";
import { utf8Slices } from "./utf8-slices";

/** A row of a file: where it begins, its cells, and what is wrong with them. */
export type CsvRow = { line: number; cells: SubscriberCells; problems: readonly Said[] };

const known: readonly string[] = [...csvColumns, ...resultColumns];
const maxRecordChars = 10_000;
/** Rows given out together. */
const batchRows = 5000;

const isColumn = (name: string): name is CsvColumn => (csvColumns as readonly string[]).includes(name);

/** Names of the file's columns. Errors: ImportFileProblem. */
function readHead(cells: readonly string[]): string[] {
  const names = cells.map((cell) => readCell(cell).toLowerCase());
  while (names.at(-1) === "") names.pop();
  const [first = ""] = names;
  if (names.length === 1 && /[;\t|]/.test(first)) throw new ImportFileProblem(say("fileWithoutCommas"));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ImportFileProblem(say("fileColumnTwice", { name: twice }));
  if (!names.includes("msisdn")) throw new ImportFileProblem(say("fileWithoutMsisdn", { known: csvColumns.join(",") }));
  const odd = names.filter((name) => !known.includes(name));
  if (odd.length > 0) {
    const quoted = odd.map((name) => `"${name}"`).join(", ");
    throw new ImportFileProblem(say("fileOddColumns", { odd: quoted, known: csvColumns.join(", ") }));
  }
  return names;
}

function readRow(names: readonly string[], record: readonly string[], line: number): CsvRow {
  const cells = record.map(readCell);
  const byColumn: Partial<Record<CsvColumn, string>> = {};
  for (const [index, name] of names.entries()) if (isColumn(name)) byColumn[name] = cells[index] ?? "";
  const row = readSubscriberCells(byColumn);
  const isLonger = cells.slice(names.length).some((cell) => cell !== "");
  if (cells.length >= names.length && !isLonger) return { line, ...row };
  return {
    line,
    cells: row.cells,
    problems: [say("importOtherCells", { cells: cells.length, columns: names.length })],
  };
}

function asFileProblem(error: CsvError): ImportFileProblem {
  const line = Number(error["lines"] ?? 0);
  const said =
    error.code === "CSV_QUOTE_NOT_CLOSED"
      ? say("fileOpenQuote", { line })
      : error.code === "CSV_MAX_RECORD_SIZE"
        ? say("fileLongRow", { line, most: maxRecordChars })
        : say("fileStrayQuote", { line });
  return new ImportFileProblem(said, { cause: error });
}

/** The line a record begins at; the parser tells where it ends, and a quoted cell may hold line ends. */
function firstLine(record: readonly string[], lastLine: number): number {
  return lastLine - record.reduce((count, cell) => count + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}

/** Parses what it is given at once, and collects the rows. */
class RowCollector {
  readonly rows: CsvRow[] = [];
  count = 0;
  private names: string[] | null = null;
  private problem: ImportFileProblem | null = null;
  private readonly parser = parse({
    bom: true,
    trim: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: maxRecordChars,
    on_record: (record: string[], { lines }: { lines: number }) => this.take(record, lines),
  });

  constructor() {
    this.parser.on("error", () => undefined);
    this.parser.resume();
  }

  write(bytes: Buffer): Promise<void> {
    return this.settle((done) => this.parser.write(bytes, done));
  }

  async end(): Promise<void> {
    await this.settle((done) => {
      this.parser.once("error", done);
      this.parser.once("end", done);
      this.parser.end();
    });
    if (this.names === null) throw new ImportFileProblem(say("fileEmpty"));
    if (this.count === 0) throw new ImportFileProblem(say("fileWithoutRows"));
  }

  private async settle(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      start((error) => (error === null || error === undefined ? resolve() : reject(error)));
    }).catch((error: unknown) => {
      throw error instanceof CsvError ? asFileProblem(error) : error;
    });
    if (this.problem !== null) throw this.problem;
  }

  private take(record: string[], lines: number): null {
    if (this.problem !== null) return null;
    try {
      this.add(record, lines);
    } catch (error) {
      if (!(error instanceof ImportFileProblem)) throw error;
      this.problem = error;
    }
    return null;
  }

  private add(record: string[], lines: number): void {
    if (this.names === null) {
      this.names = readHead(record);
      return;
    }
    if (record.every((cell) => cell === "")) return;
    this.count += 1;
    if (this.count > maxImportRows) throw new ImportFileProblem(say("fileManyRows", { most: maxImportRows }));
    this.rows.push(readRow(this.names, record, firstLine(record, lines)));
  }
}

/**
 * The rows of a subscriber file, in batches, while it arrives.
 * Errors: ImportFileProblem for a file that cannot be read; a row with a problem is a row.
 */
export async function* readSubscriberCsv(source: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRow[], void, void> {
  const collector = new RowCollector();
  for await (const slice of utf8Slices(source)) {
    await collector.write(slice);
    if (collector.rows.length >= batchRows) yield collector.rows.splice(0);
  }
  await collector.end();
  if (collector.rows.length > 0) yield collector.rows.splice(0);
}
