"use client";

import { CircleCheck, CircleX, Clock, type LucideIcon, MinusCircle, WifiOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { NodeAck, PolicyVersion } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";
import { ackStates, describeAcks } from "./prepare-version";

const icons: Record<NodeAck["state"], LucideIcon> = {
  applied: CircleCheck,
  failed: CircleX,
  waiting: Clock,
  away: WifiOff,
  "not-in-scope": MinusCircle,
};

/** Which node took the version, which could not, and which has still to answer. */
export function AcksCard({ version }: { version: PolicyVersion }) {
  const t = useTranslations();
  const { acks, publishedAt } = version;
  const publishedMs = Date.parse(publishedAt);
  return (
    <Card
      isFlush
      title={t("policy.nodes2")}
      note={
        <span role="status" data-testid="ack-summary">
          {describeAcks(t, acks)}
        </span>
      }
    >
      {acks.length === 0 ? (
        <EmptyState title={t("policy.noNodeAnswered")}>
          {version.state === "superseded"
            ? t("policy.anotherVersionCameBeforeAnyNode")
            : t("policy.noProxyNodeIsKnownYet")}
        </EmptyState>
      ) : (
        <Table label={t("policy.acknowledgementPerNode")}>
          <thead>
            <tr>
              <Th>{t("common.node")}</Th>
              <Th>{t("common.state")}</Th>
              <Th className="hidden sm:table-cell">{t("policy.answered")}</Th>
              <Th className="hidden sm:table-cell">{t("policy.after2")}</Th>
            </tr>
          </thead>
          <tbody>
            {acks.map(({ nodeId, nodeName, state, at, reason }) => {
              const { text, tone } = ackStates(t)[state];
              const Icon = icons[state];
              return (
                <Tr key={nodeId}>
                  <Td className="font-medium">{nodeName}</Td>
                  <Td>
                    <Badge tone={tone} icon={<Icon size={12} aria-hidden />}>
                      {text}
                    </Badge>
                    {reason === null ? null : <span className="block break-words text-bad text-xs">{reason}</span>}
                    {state === "away" ? (
                      <span className="block text-ink-3 text-xs">{t("policy.itCatchesUpWhenItIs")}</span>
                    ) : null}
                  </Td>
                  <Td className="hidden sm:table-cell">{at === null ? "–" : <TimeText at={at} style="clock" />}</Td>
                  <Td className="hidden text-ink-2 tnum sm:table-cell">
                    {at === null ? "–" : formatAfter(t, Date.parse(at) - publishedMs)}
                  </Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

/** How long after the publication; only a short span says something about the node. */
function formatAfter(t: Translate, spanMs: number): string {
  if (spanMs < 0) return "–";
  return spanMs < 60_000 ? `${(spanMs / 1000).toFixed(2)} s` : t("policy.later");
}
