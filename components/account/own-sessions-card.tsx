"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useNotify } from "@/components/ui/toast";
import { revokedSessionsSchema, staffSessionListSchema } from "@/lib/contracts/staff";
import { SessionList } from "./session-list";

const path = "/api/account/sessions";

/** Where one is signed in oneself. */
export function OwnSessionsCard() {
  const t = useTranslations();
  const queries = useQueryClient();
  const notify = useNotify();
  const list = useQuery({
    queryKey: queryKeys.ownSessions,
    queryFn: ({ signal }) => fetchJson(staffSessionListSchema, path, { signal }),
  });
  const revoke = useMutation({
    mutationFn: (what: string) => fetchJson(revokedSessionsSchema, `${path}/${what}`, { method: "POST" }),
    onSuccess: ({ revoked }) =>
      notify({ title: revoked === 1 ? t("account.sessionEnded") : t("account.sessionsEnded", { revoked }) }),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.ownSessions }),
  });
  const hasOthers = list.data?.items.some(({ isCurrent }) => !isCurrent) ?? false;
  return (
    <Card
      title={t("account.whereYouAreSignedIn")}
      note={t("account.aSessionEndsAfter8Hours")}
      isFlush
      actions={
        <Button size="sm" disabled={!hasOthers || revoke.isPending} onClick={() => revoke.mutate("revoke-others")}>
          {t("account.signOutEverywhereElse")}
        </Button>
      }
    >
      {list.isPending ? <TableSkeleton rows={3} /> : null}
      {list.isError ? (
        <ErrorState
          className="mx-4 mb-4"
          title={t("account.yourSessionsCouldNotBeRead")}
          detail={errorText(t, list.error)}
          onRetry={() => list.refetch()}
        />
      ) : null}
      {revoke.isError ? (
        <ErrorState className="mx-4 mb-2" title={t("account.nothingWasEnded")} detail={errorText(t, revoke.error)} />
      ) : null}
      <SessionList
        sessions={list.data?.items ?? []}
        isBusy={revoke.isPending}
        onRevoke={({ id }) => revoke.mutate(`${id}/revoke`)}
      />
    </Card>
  );
}
