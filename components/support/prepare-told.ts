import type { Told, Verdict } from "@/lib/contracts/support";
import type { Messages } from "@/lib/words/messages";
import type { Translate } from "@/lib/words/translate";

type VerdictKey = `verdicts.${keyof Messages["verdicts"]}`;

function isVerdictKey(t: Translate, key: string): key is VerdictKey {
  return t.has(key as VerdictKey);
}

function tell(t: Translate, text: string, told: Told | null | undefined): string {
  const key = `verdicts.${told?.code}`;
  return isVerdictKey(t, key) ? t(key, { ...told?.values, text }) : text;
}

/** The verdict in the reader's language; what has no code there, as the portal says it. */
export function tellVerdict(t: Translate, verdict: Verdict): Pick<Verdict, "sentence" | "action" | "evidence"> {
  const { sentence, action, evidence, told } = verdict;
  return {
    sentence: tell(t, sentence, told?.sentence),
    action: tell(t, action, told?.action),
    evidence: evidence.map((line, index) => tell(t, line, told?.evidence[index])),
  };
}
