"use client";

import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { FreshnessChip } from "@/components/live/freshness-chip";
import { Page, PageHeader } from "@/components/shell/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import type { FirstSteps } from "@/lib/contracts/first-steps";
import { ClassShares } from "./class-shares";
import { CurrentFigures } from "./current-figures";
import { FirstStepsCard } from "./first-steps-card";
import { NodesCard } from "./nodes-card";

/* Each takes over by itself, so that none of them keeps the page from answering. */
const loading = () => <Skeleton className="min-h-72" />;
const LiveThroughput = dynamic(() => import("./live-throughput").then((module) => module.LiveThroughput), { loading });
const RecentSessions = dynamic(() => import("./recent-sessions").then((module) => module.RecentSessions), { loading });
const UsageHistory = dynamic(() => import("@/components/charts/usage-history").then((module) => module.UsageHistory), {
  loading,
});

type OverviewPageProps = {
  /** Null: they were put away. */
  firstSteps: FirstSteps | null;
};

/** What the operator's staff see first: is traffic flowing, over which access, and are the nodes well. */
export function OverviewPage({ firstSteps }: OverviewPageProps) {
  const t = useTranslations();
  return (
    <Page>
      <PageHeader title={t("overview.overview")}>
        <FreshnessChip />
      </PageHeader>
      {firstSteps === null ? null : <FirstStepsCard initial={firstSteps} />}
      <CurrentFigures />
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <LiveThroughput />
        <div className="grid content-start gap-4 md:grid-cols-2 xl:grid-cols-1">
          <NodesCard />
          <ClassShares />
        </div>
      </div>
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,28rem)]">
        <RecentSessions />
        <UsageHistory />
      </div>
    </Page>
  );
}
