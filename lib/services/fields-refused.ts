import { AppError } from "@/lib/shared/errors";

/** Values of the right shape that cannot be taken: field path to what is wrong and what to do. */
export class FieldsRefused extends AppError {
  constructor(
    code: string,
    readonly fields: Readonly<Record<string, string>>,
  ) {
    super(code, Object.values(fields).join(" "));
  }
}
