import { statSync } from "node:fs";

/** When the file was changed last, milliseconds since 1970; 0 where it is not there. */
export function changeTime(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
