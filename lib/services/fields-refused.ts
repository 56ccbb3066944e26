import { AppError } from "@/lib/shared/errors";
import type { Said } from "@/lib/shared/said";

/** Values of the right shape that cannot be taken: field path to what is wrong and what to do. */
export class FieldsRefused extends AppError {
  constructor(
    code: string,
    readonly fields: Readonly<Record<string, Said>>,
  ) {
    super(
      code,
      Object.values(fields)
        .map(({ text }) => text)
        .join(" "),
    );
  }
}
