import { CircleAlert, TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { AccessMark } from "@/components/ui/access-mark";
import { formatBitRate } from "@/lib/shared/units";
import { lineWidth } from "./prepare-widths";

/** What lines, dashes and widths mean. */
export function MapLegend({ scaleBps, isOpenable }: { scaleBps: number; isOpenable: boolean }) {
  const t = useTranslations();
  return (
    <ul aria-label={t("map.legend")} className="flex flex-wrap items-center gap-x-4 gap-y-1 pt-3 text-ink-2 text-xs">
      <Entry mark={<AccessMark tone="lte" />}>{t("map.lteDashed")}</Entry>
      <Entry mark={<AccessMark tone="wifi" />}>{t("map.wifiSolid")}</Entry>
      <Entry mark={<AccessMark tone="total" />}>{t("common.total")}</Entry>
      <Entry mark={<AccessMark tone="reference" />}>{t("map.policyAndTelemetry2")}</Entry>
      {[scaleBps / 4, scaleBps].map((bps) => (
        <Entry
          key={bps}
          mark={
            <svg aria-hidden width="16" height="16" viewBox="0 0 16 16">
              <line x1="0" x2="16" y1="8" y2="8" strokeWidth={lineWidth(bps, scaleBps)} className="stroke-ink-3" />
            </svg>
          }
        >
          {formatBitRate(bps)}
        </Entry>
      ))}
      <Entry mark={<TriangleAlert size={12} aria-hidden className="text-warn" />}>{t("map.notAsItShouldBe")}</Entry>
      <Entry mark={<CircleAlert size={12} aria-hidden className="text-bad" />}>{t("map.down")}</Entry>
      {isOpenable ? <li>{t("map.chooseTheRateOfAUes")}</li> : null}
    </ul>
  );
}

function Entry({ mark, children }: { mark: ReactNode; children: ReactNode }) {
  return (
    <li className="flex items-center gap-1.5 whitespace-nowrap">
      {mark}
      {children}
    </li>
  );
}
