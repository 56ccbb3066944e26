import { Network } from "lucide-react";
import { useTranslations } from "next-intl";
import { PageHeader } from "@/components/shell/page-header";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";

/** Nothing to run on: how to get a testbed. */
export function NoTestbed() {
  const t = useTranslations();
  return (
    <>
      <PageHeader title={t("demo.demo")} />
      <Card>
        <EmptyState icon={<Network size={22} aria-hidden />} title={t("demo.noTestbedIsConnected2")} className="py-16">
          <p>{t("demo.theDemoRunsRealDownloadsThrough")}</p>
          <p className="py-3">
            <code className="rounded bg-sunken px-2.5 py-1.5 font-mono text-ink">npm run demo</code>
          </p>
          <p>
            {t.rich("demo.orAllowItOnADevice", {
              option: (chunks) => <code className="font-mono text-ink">{chunks}</code>,
            })}
          </p>
          <p className="pt-3">{t("demo.thisPageGoesOnByItself")}</p>
        </EmptyState>
      </Card>
    </>
  );
}
