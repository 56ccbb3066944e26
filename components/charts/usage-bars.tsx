"use client";

import { useTranslations } from "next-intl";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { usePreferences } from "@/components/shell/preferences";
import { formatTime } from "@/components/time/format-time";
import { formatBytes } from "@/lib/shared/units";
import type { UsageBar } from "./prepare-usage";
import { UsageSum } from "./usage-sum";

type UsageBarsProps = { bars: readonly UsageBar[]; label: string; className: string };

const stacked = [
  { access: "wifi", fill: "var(--wifi)" },
  { access: "lte", fill: "url(#lte-hatch)" },
  { access: "other", fill: "var(--other)" },
] as const;

/** Given, they cost nothing to find: the library would measure the text of every minute, and lay the page out each time. */
function quarterHours(bars: readonly UsageBar[]): string[] {
  return bars.map(({ at }) => at).filter((at) => new Date(at).getUTCMinutes() % 15 === 0);
}

/** A bar a minute, stacked by access. */
export function UsageBars({ bars, label, className }: UsageBarsProps) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const axis = { stroke: "var(--ink-3)", fontSize: 12, tickLine: false, axisLine: false } as const;
  return (
    <div role="img" aria-label={label} className={className}>
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: 208 }}>
        <BarChart
          data={[...bars]}
          margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
          barCategoryGap={1}
          accessibilityLayer={false}
        >
          <defs>
            <pattern id="lte-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="5" height="5" fill="var(--lte)" />
              <line x1="0" y1="0" x2="0" y2="5" stroke="var(--surface)" strokeOpacity="0.55" strokeWidth="2.5" />
            </pattern>
          </defs>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            {...axis}
            dataKey="at"
            ticks={quarterHours(bars)}
            interval={0}
            tickFormatter={(at: string) => formatTime(t, at, "minute", zone)}
          />
          <YAxis {...axis} width={58} tickFormatter={formatBytes} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--ink)", fillOpacity: 0.06 }}
            content={({ active, payload }) => {
              const bar = payload?.[0]?.payload as UsageBar | undefined;
              return active && bar !== undefined ? (
                <BarFigures bar={bar} title={formatTime(t, bar.at, "minute", zone)} />
              ) : null;
            }}
          />
          {stacked
            .filter(({ access }) => bars.some((bar) => (bar[access] ?? 0) > 0))
            .map(({ access, fill }) => (
              <Bar key={access} dataKey={access} stackId="bytes" fill={fill} isAnimationActive={false} />
            ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function BarFigures({ bar, title }: { bar: UsageBar; title: string }) {
  const t = useTranslations();
  const total = (bar.lte ?? 0) + (bar.wifi ?? 0) + (bar.other ?? 0);
  return (
    <div className="rounded-md border border-line-strong bg-raised px-2.5 py-2 text-xs shadow-pop">
      <p className="pb-1 font-medium">{title}</p>
      <UsageSum tone="lte" label="LTE" bytes={bar.lte ?? 0} />
      <UsageSum tone="wifi" label="WiFi" bytes={bar.wifi ?? 0} />
      <UsageSum tone="total" label={t("common.total")} bytes={total} />
    </div>
  );
}
