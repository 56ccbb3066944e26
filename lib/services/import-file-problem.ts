import { AppError } from "@/lib/shared/errors";
import type { Said, Told } from "@/lib/shared/said";

/** A file that cannot be imported at all, and what to mend in it. */
export class ImportFileProblem extends AppError {
  readonly told: Told;

  constructor({ text, told }: Said, options?: { cause?: unknown }) {
    super("IMPORT_BAD_FILE", text, options);
    this.told = told;
  }
}
