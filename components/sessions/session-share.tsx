import { ShareBar } from "@/components/policy/share-bar";
import { Card } from "@/components/ui/card";
import type { SessionDetail } from "@/lib/contracts/portal";
import { formatBytes } from "@/lib/shared/units";
import { describeShares, sumPathBytes } from "./prepare-session";

/** What share of the bytes LTE may have by the class, and what it had. */
export function SessionShare({ session }: { session: SessionDetail }) {
  const { className, targetLteSharePercent, achievedLteSharePercent } = session;
  const bytes = sumPathBytes(session);
  return (
    <Card title="LTE share" note={`Class ${className}, all bytes of the session`}>
      <ShareBar
        achievedPercent={achievedLteSharePercent}
        targetPercent={targetLteSharePercent}
        achievedOver="in this session"
      />
      <p className="pt-3 text-ink-2 text-sm tnum">
        {bytes.total === 0 ? "No byte yet." : `${formatBytes(bytes.total)}: ${describeShares(bytes)}.`}
      </p>
      <p className="pt-1 text-ink-3 text-xs">
        {targetLteSharePercent === null
          ? "This class sets no share for LTE."
          : "The target is the most that LTE may carry; it rests while WiFi alone is fast enough."}
      </p>
    </Card>
  );
}
