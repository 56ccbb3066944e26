import { stringify } from "csv-stringify/sync";

/** What spreadsheets compute (OWASP, "CSV Injection"), also in full-width writing, and the mark that is put before it. */
const computed = /^[=+\-@\t\r'\uff1d\uff0b\uff0d\uff20]/;
/** Spreadsheets keep 15 digits and show fewer: "4.5005E+14". */
const rounded = /^\d{12,}$/;

/** The cell as it is written, so that a spreadsheet leaves it alone. */
export function protectCell(text: string): string {
  return computed.test(text) || rounded.test(text) ? `'${text}` : text;
}

/** The cell as it was before `protectCell`. */
export function readCell(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

/** Lines of a CSV file, each with its end; a quantity (bigint) is written as it is. Source: RFC 4180. */
export function csvLines(rows: readonly (readonly (string | bigint)[])[]): string {
  if (rows.length === 0) return "";
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "string" ? protectCell(cell) : String(cell))));
  // Readers end a row at a bare line feed too.
  return stringify(cells, { record_delimiter: "windows", quoted_match: /[\r\n]/ });
}
