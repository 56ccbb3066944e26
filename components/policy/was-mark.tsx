"use client";

import { Undo2 } from "lucide-react";
import { useTranslations } from "next-intl";

type WasMarkProps = { label: string; text: string | undefined; affected: number; onUndo: (() => void) | null };

/** Beside a field that differs from the policy in force: what it is there, whom it touches, and the way back to it. */
export function WasMark({ label, text, affected, onUndo }: WasMarkProps) {
  const t = useTranslations();
  if (text === undefined) return null;
  const words = t("classes.inForceAffected", { text, affected });
  if (onUndo === null) return <span className="text-accent text-xs">{words}</span>;
  return (
    <button
      type="button"
      title={t("classes.backToWhatIsInForce")}
      aria-label={t("classes.backToAsInForce", { label, text })}
      onClick={onUndo}
      className="-mx-1 -my-1 inline-flex min-h-6 min-w-0 items-center gap-1 rounded px-1 text-accent text-xs hover:bg-accent-soft"
    >
      <span className="min-w-0 text-left">{words}</span>
      <Undo2 size={12} aria-hidden className="shrink-0" />
    </button>
  );
}
