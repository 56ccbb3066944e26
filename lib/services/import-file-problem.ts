import { AppError } from "@/lib/shared/errors";

/** A file that cannot be imported at all; the message says what to mend in it. */
export class ImportFileProblem extends AppError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("IMPORT_BAD_FILE", message, options);
  }
}
