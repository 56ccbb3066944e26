"use client";

import { Server } from "lucide-react";
import { useTranslations } from "next-intl";
import { FreshnessChip } from "@/components/live/freshness-chip";
import { useLive } from "@/components/live/live-provider";
import { Page, PageHeader } from "@/components/shell/page-header";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Skeleton } from "@/components/ui/skeleton";
import { JoinButton } from "./join-button";
import { NodeCard } from "./node-card";
import { sortNodes } from "./sort-nodes";

/** Each proxy node and testbed: its health, what it runs, what it refused. */
export function NodesPage() {
  const t = useTranslations();
  const isKnown = useLive((state) => state.hasSnapshot);
  const nodes = sortNodes(useLive((state) => state.nodes));
  const testbed = useLive((state) => state.testbed);
  return (
    <Page>
      <PageHeader title={t("nodes.nodes")} actions={<JoinButton />}>
        <FreshnessChip />
      </PageHeader>
      {!isKnown ? <Skeleton className="h-64" /> : null}
      {isKnown && nodes.length === 0 ? (
        <Card>
          <EmptyState icon={<Server size={20} aria-hidden />} title={t("nodes.noNodeHasReported")}>
            {t.rich("nodes.runsOneProxyNodeBesideThe", {
              code: () => <code className="font-mono text-ink">npm start</code>,
            })}
          </EmptyState>
        </Card>
      ) : null}
      <div className="grid items-start gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        {nodes.map((node) => (
          <NodeCard key={node.id} node={node} testbed={node.kind === "testbed" ? testbed : null} />
        ))}
      </div>
    </Page>
  );
}
