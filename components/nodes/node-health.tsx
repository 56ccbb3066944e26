import { CircleAlert, CircleCheck, CirclePause, RefreshCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { Badge, type Tone } from "@/components/ui/badge";
import type { LiveNode } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";
import { type NodeState, nodeState, stateText } from "./prepare-node";

const looks = {
  up: { tone: "good", Icon: CircleCheck },
  draining: { tone: "warn", Icon: CirclePause },
  drained: { tone: "neutral", Icon: CirclePause },
  restarting: { tone: "accent", Icon: RefreshCw },
  down: { tone: "bad", Icon: CircleAlert },
} as const satisfies Record<NodeState, { tone: Tone; Icon: typeof CircleCheck }>;

/** What the node does, in words and with a sign. */
export function NodeHealth({ node }: { node: LiveNode }) {
  const t = useTranslations();
  const { tone, Icon } = looks[nodeState(node)];
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />}>
      {stateText(t, node)}
    </Badge>
  );
}

/** Whether the node serves MPTCP; where not, the reason in full is beside it. */
export function NodeTransport({ node }: { node: LiveNode }) {
  const t = useTranslations();
  if (node.status === null) return <span className="text-ink-3">{t("nodes.notReported")}</span>;
  return node.status.hasMptcp ? <Badge>MPTCP</Badge> : <Badge tone="warn">{t("nodes.plainTcpOnly")}</Badge>;
}

export const nodeKindNames = (t: Translate) => ({ proxy: t("nodes.proxy"), testbed: t("nodes.testbed") }) as const;
