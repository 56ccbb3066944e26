import { type FieldIssue, fieldSaid } from "@/lib/contracts/field-said";
import { AppError, errorMessage } from "@/lib/shared/errors";
import type { Messages } from "@/lib/words/messages";
import type { Translate } from "@/lib/words/translate";
import { ApiProblem } from "./fetch-json";
import { tell } from "./tell";

type ProblemKey = `problems.${keyof Messages["problems"]}`;

function isProblemKey(t: Translate, key: string): key is ProblemKey {
  return t.has(key as ProblemKey);
}

/** What failed, in the reader's language where its code has a text; else as whoever refused it says. */
export function errorText(t: Translate, error: unknown): string {
  if (!(error instanceof AppError)) return errorMessage(error);
  const key = `problems.${error.code}`;
  const isProblem = error instanceof ApiProblem;
  const detail = isProblem ? tell(t, error.message, error.told.detail) : error.message;
  return isProblemKey(t, key) ? t(key, { detail, status: String(isProblem ? error.status : 0) }) : detail;
}

/** What is wrong with the fields of a form that the portal refused, in the reader's language, by their paths. */
export function fieldTexts(t: Translate, error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiProblem)) return {};
  const { fields, message, told } = error;
  const textOf = (name: string, text: string): string => {
    const own = told.fields?.[name];
    return own === undefined && text === message ? errorText(t, error) : tell(t, text, own);
  };
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, textOf(name, text)]));
}

/** What is wrong with a field that was not sent yet, in the reader's language. */
export function issueText(t: Translate, issue: FieldIssue): string {
  const { text, told } = fieldSaid(issue);
  return tell(t, text, told);
}
