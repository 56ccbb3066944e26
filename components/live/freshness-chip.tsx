"use client";

import { useTranslations } from "next-intl";
import { AgeChip, StateChip } from "./age-chip";
import { staleAfterMs } from "./live-connection";
import { useLive } from "./live-provider";

/** "live · 0.4 s" or "stale · 14 s": the age of what the portal last said. */
export function FreshnessChip() {
  const t = useTranslations();
  const phase = useLive((state) => state.phase);
  const lastEventAtMs = useLive((state) => state.lastEventAtMs);
  if (phase === "mismatch") return <StateChip dot="bg-bad" text={t("common.portalWasUpdatedReloadThePage")} />;
  if (lastEventAtMs === null) {
    return <StateChip dot="bg-other" text={phase === "stale" ? t("common.noConnection") : t("common.connecting")} />;
  }
  return <AgeChip atMs={lastEventAtMs} staleAfterMs={staleAfterMs} isStale={phase === "stale"} />;
}
