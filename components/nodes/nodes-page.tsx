"use client";

import { Server, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { FreshnessChip } from "@/components/live/freshness-chip";
import { useLive } from "@/components/live/live-provider";
import { Page, PageHeader } from "@/components/shell/page-header";
import { formatAgo } from "@/components/time/format-time";
import { TimeText } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { Skeleton } from "@/components/ui/skeleton";
import type { TestbedStatus } from "@/lib/contracts/demo";
import type { LiveNode } from "@/lib/contracts/live";
import { NodeHealth, NodeTransport, nodeKindNames } from "./node-health";
import { sortNodes } from "./sort-nodes";

/** Each proxy node and testbed: its health, what it runs, what it refused. */
export function NodesPage() {
  const isKnown = useLive((state) => state.hasSnapshot);
  const nodes = sortNodes(useLive((state) => state.nodes));
  const testbed = useLive((state) => state.testbed);
  return (
    <Page>
      <PageHeader title="Nodes">
        <FreshnessChip />
      </PageHeader>
      {!isKnown ? <Skeleton className="h-64" /> : null}
      {isKnown && nodes.length === 0 ? (
        <Card>
          <EmptyState icon={<Server size={20} aria-hidden />} title="No node has reported">
            <code className="font-mono text-ink">npm start</code> runs one proxy node beside the portal.
          </EmptyState>
        </Card>
      ) : null}
      <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        {nodes.map((node) => (
          <NodeCard key={node.id} node={node} testbed={node.kind === "testbed" ? testbed : null} />
        ))}
      </div>
    </Page>
  );
}

function NodeCard({ node, testbed }: { node: LiveNode; testbed: TestbedStatus | null }) {
  const nowMs = useNow(1000);
  const { status } = node;
  const seen = node.lastSeenAt === null ? "never" : nowMs === null ? "" : formatAgo(node.lastSeenAt, nowMs);
  const facts: [string, ReactNode][] = [["Last seen", seen]];
  if (node.starts > 0) facts.push(["Starts seen", String(node.starts)]);
  if (status !== null) facts.push(...statusFacts(status));
  if (testbed !== null) facts.push(...testbedFacts(testbed));
  return (
    <Card
      title={node.name}
      note={nodeKindNames[node.kind]}
      actions={
        <>
          {node.kind === "proxy" ? <NodeTransport node={node} /> : null}
          <NodeHealth node={node} />
        </>
      }
    >
      {status?.mptcpReason == null ? null : (
        <p className="mb-3 flex items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0" />
          {status.mptcpReason}
        </p>
      )}
      {node.health === "down" && status !== null ? (
        <p className="mb-3 text-ink-2 text-sm">It does not report; the figures below are its last ones.</p>
      ) : null}
      <Facts facts={facts} />
    </Card>
  );
}

function statusFacts(status: NonNullable<LiveNode["status"]>): [string, ReactNode][] {
  return [
    ["Running since", <TimeText key="since" at={status.startedAt} />],
    ["Version", status.version],
    ["Policy version", String(status.policyVersion)],
    ["Listens on", `${status.listen.address}:${status.listen.port}`],
    ["Sessions", `${status.sessions} running, ${status.mptcpSessions} on MPTCP`],
    ["Accepted", status.acceptedTotal.toLocaleString("en-GB")],
    ["Refused", status.refusedTotal.toLocaleString("en-GB")],
    ["Wrong credentials", status.authFailuresTotal.toLocaleString("en-GB")],
  ];
}

function testbedFacts(testbed: TestbedStatus): [string, ReactNode][] {
  const link = ({ rateMbps, rttMs, lossPercent }: TestbedStatus["lte"]) =>
    `${rateMbps}\u00a0Mbit/s, ${rttMs}\u00a0ms round trip, ${lossPercent}\u00a0%\u00a0loss`;
  return [
    ["State", testbed.state],
    ["LTE link", link(testbed.lte)],
    ["WiFi link", link(testbed.wifi)],
    ["Delay made by", testbed.delayMethod],
    ["Congestion control", testbed.congestionControl],
    ["Kernel", testbed.kernel],
  ];
}
