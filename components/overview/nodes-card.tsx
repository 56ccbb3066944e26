"use client";

import { Server } from "lucide-react";
import Link from "next/link";
import { useLive } from "@/components/live/live-provider";
import { NodeHealth, NodeTransport, nodeKindNames } from "@/components/nodes/node-health";
import { sessionsText } from "@/components/nodes/prepare-node";
import { sortNodes } from "@/components/nodes/sort-nodes";
import { formatAgo } from "@/components/time/format-time";
import { useNow } from "@/components/time/use-now";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Skeleton } from "@/components/ui/skeleton";
import type { LiveNode } from "@/lib/contracts/live";

/** Every node's health at a glance; a node that is down says since when. */
export function NodesCard() {
  const isKnown = useLive((state) => state.hasSnapshot);
  const nodes = sortNodes(useLive((state) => state.nodes));
  const up = nodes.filter((node) => node.health === "up").length;

  return (
    <Card
      title="Nodes"
      note={isKnown ? `${up} of ${nodes.length} up` : "\u00a0"}
      actions={
        <Link
          href="/nodes"
          className="rounded px-1 py-1 text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline"
        >
          All nodes
        </Link>
      }
      isFlush
    >
      {!isKnown ? <Skeleton className="mx-4 mb-4 h-28" /> : null}
      {isKnown && nodes.length === 0 ? (
        <EmptyState icon={<Server size={20} aria-hidden />} title="No node has reported">
          <code className="font-mono text-ink">npm start</code> runs one proxy node beside the portal.
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
  const nowMs = useNow(1000);
  const { status } = node;
  const isDown = node.health === "down";
  return (
    <li className="flex flex-col gap-1 border-line border-t px-4 py-2.5">
      <div className="flex items-center gap-2">
        <span className="min-w-0 truncate font-medium text-sm">{node.name}</span>
        <span className="text-ink-3 text-xs">{nodeKindNames[node.kind]}</span>
        <span className="grow" />
        {node.kind === "proxy" ? <NodeTransport node={node} /> : null}
        <NodeHealth node={node} />
      </div>
      <p className="text-ink-2 text-xs tnum">
        {isDown
          ? node.lastSeenAt === null
            ? "never seen"
            : `last seen ${nowMs === null ? "" : formatAgo(node.lastSeenAt, nowMs)}`
          : status === null
            ? "connected"
            : `${sessionsText(status.sessions)}, ${status.mptcpSessions} on MPTCP`}
        {node.starts === 0 ? "" : ` · ${node.starts} ${node.starts === 1 ? "start" : "starts"}`}
        {status === null || node.kind !== "proxy" ? "" : ` · policy ${status.policyVersion}`}
      </p>
      {status?.mptcpReason == null ? null : <p className="text-warn text-xs">{status.mptcpReason}</p>}
    </li>
  );
}
