import { CircleAlert, CircleCheck } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import type { LiveNode } from "@/lib/contracts/live";

/** Up or down, in words and with a sign. */
export function NodeHealth({ node }: { node: LiveNode }) {
  return node.health === "up" ? (
    <Badge tone="good" icon={<CircleCheck size={12} aria-hidden />}>
      Up
    </Badge>
  ) : (
    <Badge tone="bad" icon={<CircleAlert size={12} aria-hidden />}>
      Down
    </Badge>
  );
}

/** Whether the node serves MPTCP; where not, the reason in full is beside it. */
export function NodeTransport({ node }: { node: LiveNode }) {
  if (node.status === null) return <span className="text-ink-3">not reported</span>;
  return node.status.hasMptcp ? <Badge>MPTCP</Badge> : <Badge tone="warn">plain TCP only</Badge>;
}

export const nodeKindNames = { proxy: "Proxy", testbed: "Testbed" } as const;
