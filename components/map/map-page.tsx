"use client";

import { useQuery } from "@tanstack/react-query";
import { Table2, Waypoints } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useMemo, useState } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import type { Direction } from "@/components/charts/prepare-live-rates";
import { FreshnessChip } from "@/components/live/freshness-chip";
import { useLive } from "@/components/live/live-provider";
import { useLiveRates } from "@/components/live/use-live-rates";
import { useCommands } from "@/components/shell/commands";
import { Page, PageHeader } from "@/components/shell/page-header";
import { demoTeams, policyReaders } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Note } from "@/components/ui/note";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import type { AccessLinkId } from "@/lib/contracts/demo";
import type { LiveRate } from "@/lib/contracts/live";
import { draftSchema } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";
import { LinkDialog } from "./link-dialog";
import { MapLegend } from "./map-legend";
import { MapTable } from "./map-table";
import { NetworkMapFigure } from "./network-map-figure";
import { newestVersion, prepareMap } from "./prepare-map";
import { widthScale } from "./prepare-widths";

const directions = (t: Translate) =>
  [
    { value: "downloadBps", label: t("common.download") },
    { value: "uploadBps", label: t("common.upload") },
  ] as const;

function totalOf(rate: LiveRate, direction: Direction): number {
  const { lte, wifi, other } = rate[direction];
  return lte + wifi + other;
}

/** The version in force for roles that may read policy; undefined for the others and until it is read. */
function useInForceVersion(): number | undefined {
  const mayRead = useMay(policyReaders);
  const draft = useQuery({
    queryKey: queryKeys.policyDraft,
    queryFn: ({ signal }) => fetchJson(draftSchema, "/api/policy/draft", { signal }),
    refetchInterval: 5000,
    enabled: mayRead,
  });
  return draft.data?.baseVersion;
}

/** The deployment figure, alive: who is connected to whom, and what flows there now. */
export function MapPage() {
  const t = useTranslations();
  const isKnown = useLive((state) => state.hasSnapshot);
  const isStale = useLive((state) => state.phase === "stale");
  const nodes = useLive((state) => state.nodes);
  const testbed = useLive((state) => state.testbed);
  const run = useLive((state) => state.run);
  const rates = useLiveRates(1000);
  const inForce = useInForceVersion();
  const mayChange = useMay(demoTeams);
  const [direction, setDirection] = useState<Direction>("downloadBps");
  const [hasTable, setTable] = useState(false);
  const [opened, setOpened] = useState<AccessLinkId | null>(null);
  const close = useCallback(() => setOpened(null), []);

  const inForceVersion = inForce ?? newestVersion(nodes);
  const hasOther = rates.some((rate) => rate.downloadBps.other + rate.uploadBps.other > 0);
  const map = useMemo(
    () => prepareMap(t, { nodes, testbed, run, direction, inForceVersion, hasOther }),
    [nodes, testbed, run, direction, inForceVersion, hasOther, t],
  );
  const linksBps = testbed === null ? 0 : (testbed.lte.rateMbps + testbed.wifi.rateMbps) * 1e6;
  const scaleBps = widthScale(Math.max(linksBps, ...rates.map((rate) => totalOf(rate, direction))));
  const isEmpty = isKnown && testbed === null && !nodes.some(({ kind }) => kind === "proxy");
  const isOpenable = mayChange && testbed !== null;

  useCommands(
    useMemo(
      () =>
        isOpenable
          ? [
              {
                id: "map-lte",
                group: t("map.networkMap"),
                name: t("map.changeTheLteLink"),
                run: () => setOpened("lte"),
              },
              {
                id: "map-wifi",
                group: t("map.networkMap"),
                name: t("map.changeTheWifiLink"),
                run: () => setOpened("wifi"),
              },
            ]
          : [],
      [isOpenable, t],
    ),
  );

  return (
    <Page>
      <PageHeader title={t("map.networkMap")}>
        <FreshnessChip />
      </PageHeader>
      {isStale && isKnown ? <Note tone="warn">{t("map.thePortalSaysNothingAtThe")}</Note> : null}
      <Card
        title={testbed === null ? t("map.fleet2") : t("map.testbed2")}
        note={t("map.payloadByAccessALinesWidth")}
        actions={
          <>
            <Button variant="ghost" size="sm" aria-pressed={hasTable} onClick={() => setTable(!hasTable)}>
              <Table2 size={14} aria-hidden />
              {hasTable ? t("map.map") : t("common.table")}
            </Button>
            <Segmented label={t("common.direction")} value={direction} options={directions(t)} onValue={setDirection} />
          </>
        }
      >
        {!isKnown ? <Skeleton className="h-96" /> : null}
        {isEmpty ? (
          <EmptyState icon={<Waypoints size={22} aria-hidden />} title={t("map.noNodeHasReported")} className="py-16">
            {t.rich("map.runsOneProxyNodeBesideThe", {
              code: () => <code className="font-mono text-ink">npm start</code>,
              code2: () => <code className="font-mono text-ink">npm run demo</code>,
            })}
          </EmptyState>
        ) : null}
        {isKnown && !isEmpty && hasTable ? <MapTable map={map} /> : null}
        {isKnown && !isEmpty && !hasTable ? (
          <NetworkMapFigure map={map} scaleBps={scaleBps} isStale={isStale} onOpen={isOpenable ? setOpened : null} />
        ) : null}
        {isKnown && !isEmpty ? <MapLegend scaleBps={scaleBps} isOpenable={isOpenable} /> : null}
      </Card>
      {testbed === null || !mayChange ? null : <LinkDialog access={opened} testbed={testbed} onClose={close} />}
    </Page>
  );
}
