"use client";

import { Server } from "lucide-react";
import { useTranslations } from "next-intl";
import { useLive } from "@/components/live/live-provider";
import { NodeHealth, NodeTransport, nodeKindNames } from "@/components/nodes/node-health";
import { sessionsText } from "@/components/nodes/prepare-node";
import { sortNodes } from "@/components/nodes/sort-nodes";
import { formatAgo } from "@/components/time/format-time";
import { useNow } from "@/components/time/use-now";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import type { LiveNode } from "@/lib/contracts/live";

/** Every node's health at a glance; a node that is down says since when. */
export function NodesCard() {
  const t = useTranslations();
  const isKnown = useLive((state) => state.hasSnapshot);
  const nodes = sortNodes(useLive((state) => state.nodes));
  const up = nodes.filter((node) => node.health === "up").length;

  return (
    <Card
      title={t("overview.nodes")}
      note={isKnown ? t("overview.ofUp", { up, count: nodes.length }) : "\u00a0"}
      actions={
        <Link
          href="/nodes"
          className="rounded px-1 py-1 text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline"
        >
          {t("overview.allNodes")}
        </Link>
      }
      isFlush
    >
      {!isKnown ? <Skeleton className="mx-4 mb-4 h-28" /> : null}
      {isKnown && nodes.length === 0 ? (
        <EmptyState icon={<Server size={20} aria-hidden />} title={t("overview.noNodeHasReported")}>
          {t.rich("overview.runsOneProxyNodeBesideThe", {
            code: () => <code className="font-mono text-ink">npm start</code>,
          })}
        </EmptyState>
      ) : null}
      <ul>
        {nodes.map((node) => (
          <NodeLine key={node.id} node={node} />
        ))}
      </ul>
    </Card>
  );
}

function NodeLine({ node }: { node: LiveNode }) {
  const t = useTranslations();
  const nowMs = useNow(1000);
  const { status } = node;
  const isDown = node.health === "down";
  return (
    <li className="flex flex-col gap-1 border-line border-t px-4 py-2.5">
      <div className="flex items-center gap-2">
        <span className="min-w-0 truncate font-medium text-sm">{node.name}</span>
        <span className="text-ink-3 text-xs">{nodeKindNames(t)[node.kind]}</span>
        <span className="grow" />
        {node.kind === "proxy" ? <NodeTransport node={node} /> : null}
        <NodeHealth node={node} />
      </div>
      <p className="text-ink-2 text-xs tnum">
        {isDown
          ? node.lastSeenAt === null
            ? t("overview.neverSeen")
            : t("overview.lastSeen", { ago: nowMs === null ? "" : formatAgo(t, node.lastSeenAt, nowMs) })
          : status === null
            ? t("overview.connected")
            : t("overview.onMptcp", {
                sessions: sessionsText(t, status.sessions),
                mptcpSessions: String(status.mptcpSessions),
              })}
        {node.starts === 0 ? "" : ` · ${t("overview.starts", { starts: node.starts })}`}
        {status === null || node.kind !== "proxy"
          ? ""
          : ` · ${t("overview.policyVersion", { version: String(status.policyVersion) })}`}
      </p>
      {status?.mptcpReason == null ? null : <p className="text-warn text-xs">{status.mptcpReason}</p>}
    </li>
  );
}
