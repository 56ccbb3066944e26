import { AppError, errorMessage } from "@/lib/shared/errors";
import type { Messages } from "@/lib/words/messages";
import type { Translate } from "@/lib/words/translate";
import { ApiProblem } from "./fetch-json";

type ProblemKey = `problems.${keyof Messages["problems"]}`;

function isProblemKey(t: Translate, key: string): key is ProblemKey {
  return t.has(key as ProblemKey);
}

/** What failed, in the reader's language where its code has a text; else as whoever refused it says. */
export function errorText(t: Translate, error: unknown): string {
  if (!(error instanceof AppError)) return errorMessage(error);
  const key = `problems.${error.code}`;
  const status = String(error instanceof ApiProblem ? error.status : 0);
  return isProblemKey(t, key) ? t(key, { detail: error.message, status }) : error.message;
}
