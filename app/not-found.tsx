import { useTranslations } from "next-intl";
import { buttonClass } from "@/components/ui/button";
import { Link } from "@/components/ui/link";

export default function NotFound() {
  const t = useTranslations();
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-2 px-6 text-center">
      <h1 className="font-semibold text-xl">{t("shell.thereIsNoSuchPage")}</h1>
      <p className="pb-3 text-ink-2">{t("shell.theAddressMayBeOldOr")}</p>
      <Link href="/" className={buttonClass("primary")}>
        {t("shell.goToOverview")}
      </Link>
    </main>
  );
}
