import { useTranslations } from "next-intl";
import type { History } from "@/lib/contracts/history";
import { formatBytes } from "@/lib/shared/units";
import { type LineLook, lookOf } from "./history-looks";
import { drawnSeries } from "./prepare-history";

/** What each line is, and the bytes it stands for. */
export function HistoryLegend({ history }: { history: History }) {
  const t = useTranslations();
  const { by, series, total, weekBefore } = history;
  const drawn = drawnSeries(history);
  const left = series.length - drawn.length;
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 pb-2 text-sm">
      {drawn.map(({ id, name, totalBytes }, place) => (
        <LegendItem key={id} look={lookOf(by, id, place)} name={name} bytes={totalBytes} />
      ))}
      <LegendItem look={{ color: "var(--ink)", dash: null }} name={t("common.total")} bytes={total.totalBytes} />
      {weekBefore === null ? null : (
        <LegendItem look={{ color: "var(--ink-3)", dash: "2 3" }} name={t("history.weekBefore")} bytes={null} />
      )}
      {left > 0 ? <li className="text-ink-3">{t("history.moreInTheTable", { left })}</li> : null}
    </ul>
  );
}

function LegendItem({ look, name, bytes }: { look: LineLook; name: string; bytes: number | null }) {
  return (
    <li className="flex items-center gap-1.5 whitespace-nowrap">
      <svg aria-hidden width="16" height="8" viewBox="0 0 16 8">
        <line
          x1="0"
          x2="16"
          y1="4"
          y2="4"
          strokeWidth="3"
          stroke={look.color}
          {...(look.dash === null ? {} : { strokeDasharray: look.dash })}
        />
      </svg>
      <span className="text-ink-2">{name}</span>
      {bytes === null ? null : <span className="font-medium tnum">{formatBytes(bytes)}</span>}
    </li>
  );
}
