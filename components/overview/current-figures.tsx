"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { prepareCurrentRates } from "@/components/charts/prepare-live-rates";
import { useLive } from "@/components/live/live-provider";
import { useLiveRates } from "@/components/live/use-live-rates";
import { AccessMark } from "@/components/ui/access-mark";
import { Figure } from "@/components/ui/figure";
import { formatBitRate } from "@/lib/shared/units";
import { prepareTransportShare } from "./prepare-overview";

/** The numbers that answer "what is it doing now": twice a second, each the mean of its newest second. */
export function CurrentFigures() {
  const t = useTranslations();
  const rates = useLiveRates(500);
  const isKnown = useLive((state) => state.hasSnapshot);
  const down = prepareCurrentRates(rates, "downloadBps");
  const up = prepareCurrentRates(rates, "uploadBps");
  const share = prepareTransportShare(rates.at(-1));
  const rate = (value: number | undefined) => (value === undefined ? null : formatBitRate(value));

  return (
    <section
      aria-label={t("overview.currentFigures")}
      aria-busy={!isKnown}
      className="grid grid-cols-2 overflow-hidden rounded-lg border border-line bg-line gap-px sm:grid-cols-3 xl:grid-cols-[1.35fr_1fr_1fr_1fr_1fr_1.2fr]"
    >
      <Tile name={t("common.download")} isKnown={isKnown} value={rate(down?.total)} isMain id="figure-download" />
      <Tile
        name={t("overview.lteDown")}
        mark={<AccessMark tone="lte" />}
        isKnown={isKnown}
        value={rate(down?.lte)}
        id="figure-lte"
      />
      <Tile
        name={t("overview.wifiDown")}
        mark={<AccessMark tone="wifi" />}
        isKnown={isKnown}
        value={rate(down?.wifi)}
        id="figure-wifi"
      />
      <Tile name={t("common.upload")} isKnown={isKnown} value={rate(up?.total)} id="figure-upload" />
      <Tile
        name={t("overview.runningSessions")}
        isKnown={isKnown}
        value={share === null ? null : String(share.sessions)}
        id="figure-sessions"
      />
      <Tile
        name={t("overview.onMptcpShare")}
        isKnown={isKnown}
        value={share?.mptcpPercent == null ? null : `${share.mptcpPercent} %`}
        detail={
          share === null || share.sessions === 0
            ? t("overview.noSessionIsRunning")
            : t("overview.mptcpPlainTcp", { mptcp: share.mptcp, plain: share.plain })
        }
        id="figure-mptcp"
      />
    </section>
  );
}

type TileProps = {
  id: string;
  name: string;
  mark?: ReactNode;
  isKnown: boolean;
  value: string | null;
  detail?: string;
  isMain?: boolean;
};

function Tile({ id, name, mark, isKnown, value, detail, isMain = false }: TileProps) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-3">
      <span className="flex items-center gap-1.5 whitespace-nowrap text-ink-2 text-sm">
        {mark}
        {name}
      </span>
      <Figure id={id} text={isKnown ? value : undefined} size={isMain ? "xl" : "lg"} />
      {detail === undefined ? null : <span className="truncate text-ink-3 text-xs">{isKnown ? detail : "\u00a0"}</span>}
    </div>
  );
}
