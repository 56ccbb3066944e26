"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BellOff, Check } from "lucide-react";
import { useTranslations } from "next-intl";
import * as z from "zod";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { tell } from "@/components/api/tell";
import { Page, PageHeader } from "@/components/shell/page-header";
import { alertEditors, webhookEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { TimeText, timeTag } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useNotify } from "@/components/ui/toast";
import type { Alert } from "@/lib/contracts/alerts";
import { alertNames, subjectText } from "./prepare-alerts";
import { RulesCard } from "./rules-card";
import { useAlerts } from "./use-alerts";
import { WebhookCard } from "./webhook-card";

/** What is wrong now, what was, and when somebody is told. */
export function AlertsPage() {
  const t = useTranslations();
  const alerts = useAlerts();
  const maySend = useMay(webhookEditors);
  const open = alerts.data?.open ?? [];
  const past = alerts.data?.past ?? [];
  return (
    <Page>
      <PageHeader title={t("alerts.alerts")} />
      {alerts.isError ? (
        <ErrorState
          title={t("alerts.theAlertsCouldNotBeRead")}
          detail={errorText(t, alerts.error)}
          onRetry={() => alerts.refetch()}
        />
      ) : null}
      <Card title={t("alerts.open")} isFlush>
        {alerts.isPending ? <TableSkeleton rows={2} /> : null}
        {alerts.isSuccess && open.length === 0 ? (
          <EmptyState icon={<Check size={20} aria-hidden />} title={t("alerts.nothingIsWrong")}>
            {t("alerts.whatTheRulesBelowFindIs")}
          </EmptyState>
        ) : null}
        {open.length > 0 ? <OpenAlerts alerts={open} /> : null}
      </Card>
      {alerts.data === undefined ? null : <RulesCard rules={alerts.data.rules} />}
      {maySend ? <WebhookCard /> : null}
      {past.length === 0 ? null : (
        <Card title={t("alerts.over")} note={t("alerts.theNewest50")} isFlush>
          <PastAlerts alerts={past} />
        </Card>
      )}
    </Page>
  );
}

function OpenAlerts({ alerts }: { alerts: readonly Alert[] }) {
  const t = useTranslations();
  const mayEdit = useMay(alertEditors);
  const queries = useQueryClient();
  const notify = useNotify();
  const acknowledge = useMutation({
    mutationFn: (id: string) => fetchJson(z.null(), `/api/alerts/${id}/acknowledge`, { method: "POST" }),
    onError: (error) => notify({ tone: "bad", title: t("alerts.notAcknowledged"), detail: errorText(t, error) }),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.alerts }),
  });
  return (
    <ul aria-label={t("alerts.openAlerts")}>
      {alerts.map((alert) => (
        <li
          key={alert.id}
          className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-t px-4 py-3 first:border-t-0"
        >
          <div className="min-w-0 grow basis-80">
            <p className="flex flex-wrap items-center gap-2 font-medium">
              {alertNames(t)[alert.kind]}: {subjectText(t, alert)}
              {alert.isMuted ? <Badge icon={<BellOff size={12} aria-hidden />}>{t("alerts.muted")}</Badge> : null}
            </p>
            <p className="text-ink-2 text-sm">{tell(t, alert.detail, alert.told)}</p>
          </div>
          <span className="text-ink-3 text-sm">{t.rich("alerts.since", { time: timeTag(alert.since, "short") })}</span>
          {alert.acknowledged !== null ? (
            <Badge>
              {t.rich("alerts.looksAfterIt", {
                by: alert.acknowledged.by,
                time: timeTag(alert.acknowledged.at, "short"),
              })}
            </Badge>
          ) : mayEdit ? (
            <Button size="sm" disabled={acknowledge.isPending} onClick={() => acknowledge.mutate(alert.id)}>
              <Check size={14} aria-hidden />
              {t.rich("alerts.acknowledge", {
                span: () => <span className="sr-only">{`${alertNames(t)[alert.kind]}: ${subjectText(t, alert)}`}</span>,
              })}
            </Button>
          ) : (
            <Badge tone="bad">{t("alerts.nobodyLooksAfterIt")}</Badge>
          )}
        </li>
      ))}
    </ul>
  );
}

function PastAlerts({ alerts }: { alerts: readonly Alert[] }) {
  const t = useTranslations();
  return (
    <Table label={t("alerts.tableOfPastAlerts")}>
      <thead>
        <tr>
          <Th>{t("alerts.alert")}</Th>
          <Th className="hidden md:table-cell">{t("alerts.whatWasSo")}</Th>
          <Th>{t("alerts.since2")}</Th>
          <Th>{t("alerts.over")}</Th>
          <Th className="hidden sm:table-cell">{t("alerts.acknowledged")}</Th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <Tr key={alert.id}>
            <Td>
              {alertNames(t)[alert.kind]}: {subjectText(t, alert)}
            </Td>
            <Td className="hidden text-ink-2 md:table-cell">{tell(t, alert.detail, alert.told)}</Td>
            <Td>
              <TimeText at={alert.since} style="short" />
            </Td>
            <Td>{alert.resolvedAt === null ? "–" : <TimeText at={alert.resolvedAt} style="short" />}</Td>
            <Td className="hidden sm:table-cell">{alert.acknowledged?.by ?? "–"}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
