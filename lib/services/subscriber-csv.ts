/** Columns of subscriber files, in the order they are written. */
export const csvColumns = ["msisdn", "imsi", "state", "service_class", "extra_white_lists"] as const;
/** What a result file has more; an import passes them over. */
export const resultColumns = ["outcome", "message"] as const;

export type CsvColumn = (typeof csvColumns)[number];
type Cells = Partial<Record<CsvColumn, string>>;

/** A row of a subscriber file; null where the file has no such column. */
export type SubscriberCells = {
  msisdn: string;
  imsi: string | null;
  state: string | null;
  serviceClass: string | null;
  extraWhiteLists: string | null;
};

const listMark = ";";
const maxLists = 50;
/** What an unreadable cell is cut to, where the row is shown. */
const maxShown = 200;
const maxIdLength = 40;

/** Ids in one form: sorted, each once. */
export function joinIds(ids: readonly string[]): string {
  return [...new Set(ids.map((id) => id.trim()).filter((id) => id !== ""))].sort().join(listMark);
}

const isSpreadsheetNumber = (cell: string): boolean => /^\d([.,]\d+)?E\+?\d+$/i.test(cell);
const roundedBySpreadsheet = 'was changed by a spreadsheet; set the column to "text" there and fill it again.';

function msisdnProblem(cell: string): string | null {
  if (/^\+[1-9]\d{6,14}$/.test(cell)) return null;
  if (cell === "") return "msisdn is empty.";
  if (isSpreadsheetNumber(cell)) return `msisdn ${cell} ${roundedBySpreadsheet}`;
  if (/^\d+$/.test(cell)) return `msisdn ${cell} has no country code with a plus sign: write it as +821012345678.`;
  return `msisdn "${cell}" is not an E.164 number: write it as +821012345678, without blanks.`;
}

function imsiProblem(cell: string | undefined): string | null {
  if (cell === undefined || cell === "" || /^\d{15}$/.test(cell)) return null;
  if (isSpreadsheetNumber(cell)) return `imsi ${cell} ${roundedBySpreadsheet}`;
  return `imsi "${cell}" does not have 15 digits.`;
}

function stateProblem(cell: string | undefined): string | null {
  if (cell === undefined || cell === "active" || cell === "suspended") return null;
  return cell === ""
    ? "state is empty: write active or suspended, or leave the column out."
    : `state "${cell}" is neither active nor suspended.`;
}

function classProblem(cell: string | undefined): string | null {
  if (cell === "") return "service_class is empty: write a class, or leave the column out.";
  return (cell ?? "").length > maxIdLength ? "service_class is longer than any class." : null;
}

function listsProblem(cell: string | undefined): string | null {
  const ids = (cell ?? "").split(listMark);
  if (ids.length > maxLists) return `extra_white_lists has more than ${maxLists} lists.`;
  return ids.some((id) => id.length > maxIdLength)
    ? "extra_white_lists has an id that is longer than any list's."
    : null;
}

/**
 * A row's cells in one form, and what is wrong with them (as far as the row alone shows it), with what to do.
 *
 * @param cells by column, apostrophes taken away; a column that the file does not have is absent
 */
export function readSubscriberCells(cells: Cells): { cells: SubscriberCells; problem: string | null } {
  const state = cells.state?.toLowerCase();
  const problems = [
    msisdnProblem(cells.msisdn ?? ""),
    imsiProblem(cells.imsi),
    stateProblem(state),
    classProblem(cells.service_class),
    listsProblem(cells.extra_white_lists),
  ].filter((problem) => problem !== null);
  const cut = (cell: string | undefined): string | null => cell?.slice(0, maxShown) ?? null;
  const lists = cells.extra_white_lists;
  return {
    cells: {
      msisdn: cut(cells.msisdn) ?? "",
      imsi: cut(cells.imsi),
      state: cut(state),
      serviceClass: cut(cells.service_class),
      extraWhiteLists: problems.length > 0 || lists === undefined ? cut(lists) : joinIds(lists.split(listMark)),
    },
    problem: problems.length === 0 ? null : problems.join(" ").slice(0, 1000),
  };
}
