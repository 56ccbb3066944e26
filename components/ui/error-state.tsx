import clsx from "clsx";
import { TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "./button";

type ErrorStateProps = {
  title: string;
  /** What was tried, with what, and what to do next. */
  detail: string;
  onRetry?: () => void;
  className?: string;
};

/** Something failed: what, and the remedy. */
export function ErrorState({ title, detail, onRetry, className }: ErrorStateProps) {
  const t = useTranslations();
  return (
    <div role="alert" className={clsx("flex items-start gap-3 rounded-md bg-bad-soft px-4 py-3", className)}>
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-bad" />
      <div className="min-w-0 grow">
        <p className="font-medium text-sm">{title}</p>
        <p className="break-words text-ink-2 text-sm">{detail}</p>
      </div>
      {onRetry === undefined ? null : (
        <Button size="sm" onClick={onRetry}>
          {t("common.tryAgain")}
        </Button>
      )}
    </div>
  );
}
