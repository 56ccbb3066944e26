import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { AccessMark } from "@/components/ui/access-mark";
import { formatBitRate } from "@/lib/shared/units";
import { lineWidth } from "./prepare-widths";

/** What lines, dashes and widths mean. */
export function MapLegend({ scaleBps, isOpenable }: { scaleBps: number; isOpenable: boolean }) {
  return (
    <ul aria-label="Legend" className="flex flex-wrap items-center gap-x-4 gap-y-1 pt-3 text-ink-2 text-xs">
      <Entry mark={<AccessMark tone="lte" />}>LTE, dashed</Entry>
      <Entry mark={<AccessMark tone="wifi" />}>WiFi, solid</Entry>
      <Entry mark={<AccessMark tone="total" />}>Total</Entry>
      <Entry mark={<AccessMark tone="reference" />}>Policy and telemetry</Entry>
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
      <Entry mark={<TriangleAlert size={12} aria-hidden className="text-warn" />}>Not as it should be</Entry>
      <Entry mark={<CircleAlert size={12} aria-hidden className="text-bad" />}>Down</Entry>
      {isOpenable ? <li>Choose the rate of a UE's link to change the link.</li> : null}
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
