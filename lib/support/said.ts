import type { Told, Verdict, VerdictCause } from "@/lib/contracts/support";

/** A sentence in English, and its code with what it names, by which others tell it in another language. */
export type Said = { text: string; told: Told };

export function say(code: string, text: string, values: Told["values"] = {}): Said {
  return { text, told: { code, values } };
}

export function verdict(
  cause: VerdictCause,
  tone: Verdict["tone"],
  sentence: Said,
  action: Said,
  evidence: readonly (Said | string | null)[] = [],
): Verdict {
  const lines = evidence.filter((line) => line !== null);
  return {
    cause,
    tone,
    sentence: sentence.text,
    action: action.text,
    evidence: lines.map((line) => (typeof line === "string" ? line : line.text)),
    told: {
      sentence: sentence.told,
      action: action.told,
      evidence: lines.map((line) => (typeof line === "string" ? null : line.told)),
    },
  };
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

export function percent(share: number): string {
  return `${Math.round(share)}\u00a0%`;
}
