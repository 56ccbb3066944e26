import { say } from "@/lib/contracts/sentences";
import type { Said } from "@/lib/shared/said";

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

function msisdnProblem(cell: string): Said | null {
  if (/^\+[1-9]\d{6,14}$/.test(cell)) return null;
  if (cell === "") return say("importNoMsisdn");
  if (isSpreadsheetNumber(cell)) return say("importRounded", { column: "msisdn", cell });
  return /^\d+$/.test(cell) ? say("importNoPlus", { cell }) : say("importOddMsisdn", { cell });
}

function imsiProblem(cell: string | undefined): Said | null {
  if (cell === undefined || cell === "" || /^\d{15}$/.test(cell)) return null;
  return isSpreadsheetNumber(cell) ? say("importRounded", { column: "imsi", cell }) : say("importOddImsi", { cell });
}

function stateProblem(cell: string | undefined): Said | null {
  if (cell === undefined || cell === "active" || cell === "suspended") return null;
  return cell === "" ? say("importNoState") : say("importOddState", { cell });
}

function classProblem(cell: string | undefined): Said | null {
  if (cell === "") return say("importNoClass");
  return (cell ?? "").length > maxIdLength ? say("importLongClass") : null;
}

function listsProblem(cell: string | undefined): Said | null {
  const ids = (cell ?? "").split(listMark);
  if (ids.length > maxLists) return say("importManyLists", { most: maxLists });
  return ids.some((id) => id.length > maxIdLength) ? say("importLongList") : null;
}

/**
 * A row's cells in one form, and what is wrong with them (as far as the row alone shows it), with what to do.
 *
 * @param cells by column, apostrophes taken away; a column that the file does not have is absent
 */
export function readSubscriberCells(cells: Cells): { cells: SubscriberCells; problems: readonly Said[] } {
  const cut = (cell: string | undefined): string | null => cell?.slice(0, maxShown) ?? null;
  const state = cells.state?.toLowerCase();
  const problems = [
    msisdnProblem(cut(cells.msisdn) ?? ""),
    imsiProblem(cut(cells.imsi) ?? undefined),
    stateProblem(cut(state) ?? undefined),
    classProblem(cells.service_class),
    listsProblem(cells.extra_white_lists),
  ].filter((problem) => problem !== null);
  const lists = cells.extra_white_lists;
  return {
    cells: {
      msisdn: cut(cells.msisdn) ?? "",
      imsi: cut(cells.imsi),
      state: cut(state),
      serviceClass: cut(cells.service_class),
      extraWhiteLists: problems.length > 0 || lists === undefined ? cut(lists) : joinIds(lists.split(listMark)),
    },
    problems,
  };
}
