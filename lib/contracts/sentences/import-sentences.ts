import type { Named } from "@/lib/shared/said";

/** What the portal says of subscriber files and their rows, by code. */
export const importSentences = {
  // What a row does, or did.
  importNew: ({ className, state }: Named<"className" | "state">) => `New: ${className}, ${state}`,
  importChange: ({ column, before, after }: Named<"column" | "before" | "after">) => `${column} ${before} → ${after}`,
  importChangedSince: () => "Changed by others since the dry run, not written. It was to be:",
  importNow: () => "now it would be:",
  importAgain: () => "import the row again.",
  // What is wrong with a row.
  importNeedsClass: () => "This subscriber is new and needs a class: add the column service_class.",
  importRepeats: ({ first, column }: Named<"first" | "column">) =>
    `Line ${first} has the same ${column} already. Keep one of the two.`,
  importOtherCells: ({ cells, columns }: Named<"cells" | "columns">) =>
    `The line has ${cells} cells, the first line has ${columns}: a comma or a quote is missing or too many.`,
  importRounded: ({ column, cell }: Named<"column" | "cell">) =>
    `${column} ${cell} was changed by a spreadsheet; set the column to "text" there and fill it again.`,
  importNoMsisdn: () => "msisdn is empty.",
  importNoPlus: ({ cell }: Named<"cell">) =>
    `msisdn ${cell} has no country code with a plus sign: write it as +821012345678.`,
  importOddMsisdn: ({ cell }: Named<"cell">) =>
    `msisdn "${cell}" is not an E.164 number: write it as +821012345678, without blanks.`,
  importOddImsi: ({ cell }: Named<"cell">) => `imsi "${cell}" does not have 15 digits.`,
  importNoState: () => "state is empty: write active or suspended, or leave the column out.",
  importOddState: ({ cell }: Named<"cell">) => `state "${cell}" is neither active nor suspended.`,
  importNoClass: () => "service_class is empty: write a class, or leave the column out.",
  importLongClass: () => "service_class is longer than any class.",
  importManyLists: ({ most }: Named<"most">) => `extra_white_lists has more than ${most} lists.`,
  importLongList: () => "extra_white_lists has an id that is longer than any list's.",
  // Why a file is not imported at all.
  fileWithoutCommas: () => "The columns must be separated by commas. Save the file as CSV with commas.",
  fileColumnTwice: ({ name }: Named<"name">) => `The column "${name}" is there twice. Remove one of them.`,
  fileWithoutMsisdn: ({ known }: Named<"known">) =>
    `The first line must name the columns, and msisdn must be among them: ${known}.`,
  fileOddColumns: ({ odd, known }: Named<"odd" | "known">) =>
    `Unknown column ${odd}. Remove or rename it; known are ${known}.`,
  fileOpenQuote: ({ line }: Named<"line">) =>
    `Line ${line}: a quote that is opened is not closed before the end of the file. Put quotes around the whole cell, and two for a quote within it.`,
  fileLongRow: ({ line, most }: Named<"line" | "most">) =>
    `Line ${line}: the row is longer than ${most} characters: is a quote not closed? Put quotes around the whole cell, and two for a quote within it.`,
  fileStrayQuote: ({ line }: Named<"line">) =>
    `Line ${line}: a quote is where none may be. Put quotes around the whole cell, and two for a quote within it.`,
  fileNoText: ({ line }: Named<"line">) =>
    `Line ${line} is not UTF-8 text. Save the file as "CSV UTF-8" and upload it again.`,
  fileEmpty: () => "The file is empty. Its first line must name the columns.",
  fileWithoutRows: () => "The file has no row below its first line.",
  fileManyRows: ({ most }: Named<"most">) => `The file has more than ${most} rows. Split it and upload the parts.`,
  uploadInterrupted: () => "The upload was interrupted. Upload the file again.",
  importStuck: ({ rows }: Named<"rows">) =>
    `The portal could not go on after ${rows} rows; its log says why. Rows before that stay written.`,
} as const;
