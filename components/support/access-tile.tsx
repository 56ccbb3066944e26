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
  const { access, bitsPerSecond, rttMs, retransSegments, openPaths, lastSeenAt } = use;
  const monthBytes = use.monthDownloadBytes + use.monthUploadBytes;
  const isSeen = monthBytes > 0 || openPaths > 0;
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          <AccessMark tone={access} />
          {accessNames[access]}
        </span>
      }
      actions={
        <Badge tone={openPaths > 0 ? "good" : "neutral"}>
          {openPaths > 0 ? `${openPaths} ${openPaths === 1 ? "path" : "paths"} open` : "no open path"}
        </Badge>
      }
    >
      <div className="flex flex-col gap-3">
        <Figure text={bitsPerSecond === null ? null : formatBitRate(bitsPerSecond)} size="xl" />
        <Facts
          facts={[
            ["Download, today (UTC)", formatBytes(use.downloadBytes)],
            ["Upload, today (UTC)", formatBytes(use.uploadBytes)],
            ["Both, this month (UTC)", formatBytes(monthBytes)],
            ["Round trip", rttMs === null ? "not known" : `${rttMs.toFixed(1)} ms`],
            ["Retransmitted", `${retransSegments.toLocaleString("en-GB")} segments`],
            [
              "Last seen",
              isSeen && lastSeenAt !== null ? <TimeText key="seen" at={lastSeenAt} style="short" /> : "not lately",
            ],
          ]}
        />
      </div>
    </Card>
  );
}
