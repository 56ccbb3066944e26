import { useTranslations } from "next-intl";
import { ShareBar } from "@/components/policy/share-bar";
import { Card } from "@/components/ui/card";
import type { SessionDetail } from "@/lib/contracts/portal";
import { formatBytes } from "@/lib/shared/units";
import { describeShares, sumPathBytes } from "./prepare-session";

/** What share of the bytes LTE may have by the class, and what it had. */
export function SessionShare({ session }: { session: SessionDetail }) {
  const t = useTranslations();
  const { className, targetLteSharePercent, achievedLteSharePercent } = session;
  const bytes = sumPathBytes(session);
  return (
    <Card title={t("sessions.lteShare")} note={t("sessions.classAllBytesOfTheSession", { className })}>
      <ShareBar
        achievedPercent={achievedLteSharePercent}
        targetPercent={targetLteSharePercent}
        achievedOver={t("sessions.inThisSession")}
      />
      <p className="pt-3 text-ink-2 text-sm tnum">
        {bytes.total === 0 ? t("sessions.noByteYet") : `${formatBytes(bytes.total)}: ${describeShares(t, bytes)}.`}
      </p>
      <p className="pt-1 text-ink-3 text-xs">
        {targetLteSharePercent === null ? t("sessions.thisClassSetsNoShareFor") : t("sessions.theTargetIsTheMostThat")}
      </p>
    </Card>
  );
}
