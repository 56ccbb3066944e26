import { useTranslations } from "next-intl";
import { Badge, type Tone } from "@/components/ui/badge";
import type { ChangeKind } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";

const names = (t: Translate): Record<ChangeKind, string> => ({
  added: t("policy.new"),
  changed: t("common.changed"),
  removed: t("policy.removed"),
});
const tones: Record<ChangeKind, Tone> = { added: "good", changed: "accent", removed: "bad" };

/** How an item of the draft differs from the policy in force; nothing where it does not. */
export function ChangeBadge({ change }: { change: ChangeKind | null }) {
  const t = useTranslations();
  return change === null ? null : <Badge tone={tones[change]}>{names(t)[change]}</Badge>;
}
