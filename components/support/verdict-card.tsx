import clsx from "clsx";
import { CircleCheck, CircleMinus, CircleX } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { Verdict } from "@/lib/contracts/support";
import { tellVerdict } from "./prepare-told";

const looks = {
  good: { icon: CircleCheck, edge: "border-l-good", ink: "text-good" },
  neutral: { icon: CircleMinus, edge: "border-l-ink-3", ink: "text-ink-2" },
  bad: { icon: CircleX, edge: "border-l-bad", ink: "text-bad" },
} as const;

/** The answer, large: what is so, what to do next, and what shows it. */
export function VerdictCard({ verdict, actions }: { verdict: Verdict; actions: ReactNode }) {
  const t = useTranslations();
  const { icon: Icon, edge, ink } = looks[verdict.tone];
  const { sentence, action, evidence } = tellVerdict(t, verdict);
  return (
    <section
      aria-label={t("support.verdict")}
      className={clsx("flex flex-col gap-3 rounded-lg border border-line border-l-4 bg-surface p-4 sm:p-5", edge)}
    >
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <p role="status" className="flex min-w-0 grow basis-80 items-start gap-3 font-semibold text-xl leading-snug">
          <Icon size={22} aria-hidden className={clsx("mt-0.75 shrink-0", ink)} />
          <span className="min-w-0">{sentence}</span>
        </p>
        <div className="flex flex-wrap gap-2">{actions}</div>
      </div>
      <p className="text-base">
        <span className="text-ink-3">{t("support.next2")} </span>
        {action}
      </p>
      {evidence.length === 0 ? null : (
        <ul className="flex flex-col gap-0.5 text-ink-2 text-sm">
          {evidence.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
