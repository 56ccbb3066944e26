import { verdictSentences } from "@/lib/contracts/sentences/verdict-sentences";
import type { Verdict, VerdictCause } from "@/lib/contracts/support";
import { type Said, sayBy } from "@/lib/shared/said";

export const say = sayBy(verdictSentences);

export function verdict(
  cause: VerdictCause,
  tone: Verdict["tone"],
  sentence: Said,
  action: Said,
  evidence: readonly (Said | null)[] = [],
): Verdict {
  const lines = evidence.filter((line) => line !== null);
  return {
    cause,
    tone,
    sentence: sentence.text,
    action: action.text,
    evidence: lines.map(({ text }) => text),
    told: { sentence: sentence.told, action: action.told, evidence: lines.map(({ told }) => told) },
  };
}

export function percent(share: number): string {
  return `${Math.round(share)}\u00a0%`;
}
