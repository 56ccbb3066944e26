"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useNotify } from "@/components/ui/toast";
import { revokedSessionsSchema, staffSessionListSchema } from "@/lib/contracts/staff";
import { errorMessage } from "@/lib/shared/errors";
import { SessionList } from "./session-list";

const path = "/api/account/sessions";

/** Where one is signed in oneself. */
export function OwnSessionsCard() {
  const queries = useQueryClient();
  const notify = useNotify();
  const list = useQuery({
    queryKey: queryKeys.ownSessions,
    queryFn: ({ signal }) => fetchJson(staffSessionListSchema, path, { signal }),
  });
  const revoke = useMutation({
    mutationFn: (what: string) => fetchJson(revokedSessionsSchema, `${path}/${what}`, { method: "POST" }),
    onSuccess: ({ revoked }) => notify({ title: revoked === 1 ? "Session ended" : `${revoked} sessions ended` }),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.ownSessions }),
  });
  const hasOthers = list.data?.items.some(({ isCurrent }) => !isCurrent) ?? false;
  return (
    <Card
      title="Where you are signed in"
      note="A session ends after 8 hours without use, and 24 hours after its sign-in."
      isFlush
      actions={
        <Button size="sm" disabled={!hasOthers || revoke.isPending} onClick={() => revoke.mutate("revoke-others")}>
          Sign out everywhere else
        </Button>
      }
    >
      {list.isPending ? <TableSkeleton rows={3} /> : null}
      {list.isError ? (
        <ErrorState
          className="mx-4 mb-4"
          title="Your sessions could not be read"
          detail={errorMessage(list.error)}
          onRetry={() => list.refetch()}
        />
      ) : null}
      {revoke.isError ? (
        <ErrorState className="mx-4 mb-2" title="Nothing was ended" detail={errorMessage(revoke.error)} />
      ) : null}
      <SessionList
        sessions={list.data?.items ?? []}
        isBusy={revoke.isPending}
        onRevoke={({ id }) => revoke.mutate(`${id}/revoke`)}
      />
    </Card>
  );
}
