import { useTranslations } from "next-intl";
import { Badge, type Tone } from "@/components/ui/badge";
import type { DemoRun } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";

const states = (t: Translate): Record<DemoRun["state"], { tone: Tone; text: string }> => ({
  queued: { tone: "neutral", text: t("demo.waitsForItsUe") },
  running: { tone: "accent", text: t("demo.running") },
  finished: { tone: "good", text: t("demo.finished") },
  failed: { tone: "bad", text: t("demo.failed") },
  cancelled: { tone: "warn", text: t("demo.cancelled") },
});

/** How a whole run stands. */
export function RunStateBadge({ state }: { state: DemoRun["state"] }) {
  const t = useTranslations();
  return <Badge tone={states(t)[state].tone}>{states(t)[state].text}</Badge>;
}
