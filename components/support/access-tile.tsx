import { TimeText } from "@/components/time/time-text";
import { AccessMark, accessNames } from "@/components/ui/access-mark";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { Figure } from "@/components/ui/figure";
import type { AccessUse } from "@/lib/contracts/support";
import { formatBitRate, formatBytes } from "@/lib/shared/units";

/** What one access does for the subscriber now, and did in the last day. */
export function AccessTile({ use, monthBytes }: { use: AccessUse; monthBytes: number | null }) {
  const { access, bitsPerSecond, downloadBytes, uploadBytes, rttMs, retransSegments, openPaths, lastSeenAt } = use;
  const isSeen = downloadBytes + uploadBytes > 0 || openPaths > 0;
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
            ["Download, 24 h", formatBytes(downloadBytes)],
            ["Upload, 24 h", formatBytes(uploadBytes)],
            ...(monthBytes === null ? [] : [["This month (UTC)", formatBytes(monthBytes)] as const]),
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
