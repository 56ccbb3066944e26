import { SaidError } from "@/lib/shared/errors";
import { say } from "./sentences";

const labelPattern = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** A-labels of an IDN; null where the name cannot be one. `URL` is the one IDNA implementation Node and browsers share. */
function toAsciiName(text: string): string | null {
  if (/^[\x21-\x7e]*$/.test(text)) return text.toLowerCase();
  return /[\s/\\?#@:%[\]]/.test(text) || !URL.canParse(`http://${text}/`) ? null : new URL(`http://${text}/`).hostname;
}

/**
 * The DNS name of a white-list rule in the form that hosts have when rules are asked: lower case, A-labels, no
 * trailing dot; one leading `*.` or `.` is taken as the usual way to write a suffix.
 *
 * Errors: AppError POLICY_BAD_RULE for what is no DNS name; a numeric last label is an address written oddly.
 * Source: RFC 1123 §2.1; RFC 5891.
 */
export function ruleName(kind: "host" | "domain-suffix", value: string): string {
  const bare = kind === "domain-suffix" ? value.replace(/^\*?\./, "") : value;
  const name = toAsciiName(bare.endsWith(".") ? bare.slice(0, -1) : bare);
  const labels = name?.split(".") ?? [];
  const isName =
    labels.every((label) => labelPattern.test(label)) && !/^(0x[0-9a-f]*|[0-9]+)$/.test(labels.at(-1) ?? "0");
  if (name === null || name.length > 253 || !isName)
    throw new SaidError("POLICY_BAD_RULE", say("badName", { value, kind }));
  return name;
}
