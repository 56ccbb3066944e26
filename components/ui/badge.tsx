import clsx from "clsx";
import type { ReactNode } from "react";

export type Tone = "neutral" | "good" | "bad" | "warn" | "accent";

const tones: Record<Tone, string> = {
  neutral: "bg-sunken text-ink-2",
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
  warn: "bg-warn-soft text-warn",
  accent: "bg-accent-soft text-accent",
};

/** A short state in words; the tone only underlines it. */
export function Badge({ tone = "neutral", icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span
      className={clsx(
        "inline-flex h-5 items-center gap-1 whitespace-nowrap rounded px-1.5 font-medium text-xs",
        tones[tone],
      )}
    >
      {icon}
      {children}
    </span>
  );
}
