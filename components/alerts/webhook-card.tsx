"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import * as z from "zod";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { tell } from "@/components/api/tell";
import { timeTag } from "@/components/time/time-text";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { useNotify } from "@/components/ui/toast";
import { type AlertWebhook, alertWebhookSchema } from "@/lib/contracts/alerts";

const path = "/api/alerts/webhook";

/** Where alerts are sent to, for administrators. */
export function WebhookCard() {
  const t = useTranslations();
  const webhook = useQuery({
    queryKey: queryKeys.alertWebhook,
    queryFn: ({ signal }) => fetchJson(alertWebhookSchema, path, { signal }),
    refetchInterval: 30_000,
  });
  return (
    <Card title={t("alerts.webhook")} note={t("alerts.alertsThatFireAndAreOver")}>
      {webhook.isPending ? <Skeleton className="h-20" /> : null}
      {webhook.isError ? (
        <ErrorState
          title={t("alerts.theWebhookCouldNotBeRead")}
          detail={errorText(t, webhook.error)}
          onRetry={() => webhook.refetch()}
        />
      ) : null}
      {webhook.data === undefined ? null : <WebhookForm webhook={webhook.data} />}
    </Card>
  );
}

function WebhookForm({ webhook }: { webhook: AlertWebhook }) {
  const t = useTranslations();
  const { origin, sentAt, failure, failureTold } = webhook;
  const [url, setUrl] = useState("");
  const queries = useQueryClient();
  const notify = useNotify();
  const save = useMutation({
    mutationFn: (next: string | null) => fetchJson(alertWebhookSchema, path, { method: "PUT", body: { url: next } }),
    onSuccess: (saved) => {
      queries.setQueryData(queryKeys.alertWebhook, saved);
      setUrl("");
      notify({ title: saved.origin === null ? t("alerts.webhookRemoved") : t("alerts.webhookSaved") });
    },
  });
  const test = useMutation({
    mutationFn: () => fetchJson(z.null(), `${path}/test`, { method: "POST" }),
    onSuccess: () => notify({ title: t("alerts.theTestWasTaken") }),
  });
  const error = save.error ?? test.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test.reset();
    if (url.trim() !== "" && !save.isPending) save.mutate(url.trim());
  };
  return (
    <div className="flex flex-col gap-3">
      <p className="text-ink-2 text-sm">
        {origin === null ? t("alerts.alertsAreSentNowhere") : t("alerts.sentToThePathIsNot", { origin })}{" "}
        {sentAt === null ? null : t.rich("alerts.lastTaken", { time: timeTag(sentAt, "short") })}
      </p>
      {failure === null ? null : (
        <ErrorState title={t("alerts.theLastDeliveryFailedItIs")} detail={tell(t, failure, failureTold)} />
      )}
      <form onSubmit={submit} noValidate className="flex flex-wrap items-end gap-2">
        <Field
          label={origin === null ? t("alerts.address") : t("alerts.anotherAddress")}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          placeholder="https://alerts.example.com/hook"
          autoComplete="off"
          size="sm"
          className="w-full sm:w-96"
        />
        <Button type="submit" disabled={save.isPending}>
          {t("common.save")}
        </Button>
        {origin === null ? null : (
          <>
            <Button disabled={test.isPending} onClick={() => test.mutate()}>
              {test.isPending ? t("alerts.sending") : t("alerts.sendATest")}
            </Button>
            <Button variant="danger" disabled={save.isPending} onClick={() => save.mutate(null)}>
              {t("alerts.remove")}
            </Button>
          </>
        )}
      </form>
      {error === null ? null : <ErrorState title={t("alerts.itWasNotDone")} detail={errorText(t, error)} />}
    </div>
  );
}
