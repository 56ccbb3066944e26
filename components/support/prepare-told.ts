import { tell } from "@/components/api/tell";
import type { Verdict } from "@/lib/contracts/support";
import type { Translate } from "@/lib/words/translate";

/** The verdict in the reader's language; what has no code there, as the portal says it. */
export function tellVerdict(t: Translate, verdict: Verdict): Pick<Verdict, "sentence" | "action" | "evidence"> {
  const { sentence, action, evidence, told } = verdict;
  return {
    sentence: tell(t, sentence, told?.sentence),
    action: tell(t, action, told?.action),
    evidence: evidence.map((line, index) => tell(t, line, told?.evidence[index])),
  };
}
