import clsx from "clsx";
import type { Access } from "@/lib/contracts/access";
import type { Translate } from "@/lib/words/translate";

export const accessNames = (t: Translate): Record<Access, string> => ({
  lte: "LTE",
  wifi: "WiFi",
  other: t("common.other"),
});

export type SeriesTone = Access | "total" | "reference";

const strokes: Record<SeriesTone, string> = {
  lte: "stroke-lte",
  wifi: "stroke-wifi",
  other: "stroke-other",
  total: "stroke-ink",
  reference: "stroke-ink-3",
};

/** The line sample of an access or series: LTE dashed, WiFi solid, references dotted. */
export function AccessMark({ tone, className }: { tone: SeriesTone; className?: string }) {
  const dash = tone === "lte" ? "4 2.5" : tone === "reference" ? "1.5 2.5" : undefined;
  return (
    <svg aria-hidden width="16" height="8" viewBox="0 0 16 8" className={clsx("inline-block shrink-0", className)}>
      <line
        x1="0"
        x2="16"
        y1="4"
        y2="4"
        strokeWidth={tone === "reference" ? 1.5 : 3}
        strokeDasharray={dash}
        className={strokes[tone]}
      />
    </svg>
  );
}
