import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";

/** A page broke while it was drawn. */
export function PageFailure({ onRetry }: { onRetry: () => void }) {
  const t = useTranslations();
  return (
    <div role="alert" className="flex min-h-[60dvh] flex-col items-center justify-center gap-2 px-6 text-center">
      <h1 className="font-semibold text-xl">{t("shell.thisPageFailed")}</h1>
      <p className="max-w-md pb-3 text-ink-2">{t("shell.tryAgainIfItStaysCheck")}</p>
      <Button variant="primary" onClick={onRetry}>
        {t("common.tryAgain")}
      </Button>
    </div>
  );
}
