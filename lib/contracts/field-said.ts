import { type Said, saidAsIs, sayBy } from "@/lib/shared/said";
import { fieldSentences, ownFieldSentences } from "./sentences/field-sentences";

/** What of the schema library's issues its sentence in another language takes. */
export type FieldIssue = {
  readonly code?: string | undefined;
  readonly message: string;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly format?: unknown;
};

const say = sayBy(fieldSentences);

const ownCodes = new Map(
  Object.entries(ownFieldSentences).map(([code, text]) => [text(), code as keyof typeof ownFieldSentences]),
);

function limitSaid(text: string, { code, origin, minimum, maximum }: FieldIssue): Said {
  const isLow = code === "too_small";
  const limit = Number(isLow ? minimum : maximum);
  if (origin === "string")
    return isLow ? say("fieldTooShort", { text, minimum: limit }) : say("fieldTooLong", { text, maximum: limit });
  if (origin === "array" || origin === "set")
    return isLow ? say("fieldTooFew", { text, minimum: limit }) : say("fieldTooMany", { text, maximum: limit });
  return isLow ? say("fieldTooSmall", { text, minimum: limit }) : say("fieldTooLarge", { text, maximum: limit });
}

/** What is wrong with a field: the schema library's own English, and the same by code. */
export function fieldSaid(issue: FieldIssue): Said {
  const { code, message: text, format } = issue;
  const own = ownCodes.get(text);
  if (own !== undefined) return say(own);
  switch (code) {
    case "too_small":
    case "too_big":
      return limitSaid(text, issue);
    case "invalid_format":
      return format === "email" ? say("fieldNoEmail", { text }) : say("fieldBadFormat", { text });
    case "invalid_value":
      return say("fieldNoChoice", { text });
    case "invalid_type":
      return say("fieldWrongKind", { text });
    case "unrecognized_keys":
      return say("fieldUnknown", { text });
    case "custom":
      return saidAsIs(text);
    default:
      return say("fieldInvalid", { text });
  }
}
