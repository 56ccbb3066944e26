import { useTranslations } from "next-intl";
import { TimeText } from "@/components/time/time-text";
import { AccessMark, accessNames } from "@/components/ui/access-mark";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { Figure } from "@/components/ui/figure";
import type { AccessUse } from "@/lib/contracts/support";
import { formatBitRate, formatBytes } from "@/lib/shared/units";

/** What one access does for the subscriber now, and did today and this month. */
export function AccessTile({ use }: { use: AccessUse }) {
  const t = useTranslations();
  const { access, bitsPerSecond, rttMs, retransSegments, openPaths, lastSeenAt } = use;
  const monthBytes = use.monthDownloadBytes + use.monthUploadBytes;
  const isSeen = monthBytes > 0 || openPaths > 0;
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          <AccessMark tone={access} />
          {accessNames(t)[access]}
        </span>
      }
      actions={
        <Badge tone={openPaths > 0 ? "good" : "neutral"}>
          {openPaths > 0 ? t("support.pathsOpen", { openPaths }) : t("support.noOpenPath")}
        </Badge>
      }
    >
      <div className="flex flex-col gap-3">
        <Figure text={bitsPerSecond === null ? null : formatBitRate(bitsPerSecond)} size="xl" />
        <Facts
          facts={[
            [t("support.downloadTodayUtc"), formatBytes(use.downloadBytes)],
            [t("support.uploadTodayUtc"), formatBytes(use.uploadBytes)],
            [t("support.bothThisMonthUtc"), formatBytes(monthBytes)],
            [t("support.roundTrip"), rttMs === null ? t("common.notKnown") : `${rttMs.toFixed(1)} ms`],
            [t("support.retransmitted"), t("support.segments", { retransSegments })],
            [
              t("common.lastSeen"),
              isSeen && lastSeenAt !== null ? (
                <TimeText key="seen" at={lastSeenAt} style="short" />
              ) : (
                t("support.notLately")
              ),
            ],
          ]}
        />
      </div>
    </Card>
  );
}
