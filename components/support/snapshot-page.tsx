"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Headset, Link2Off, Snowflake } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import * as z from "zod";
import { errorText } from "@/components/api/error-text";
import { ApiProblem, fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { subscriberReaders } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { timeTag, untilTag } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Note } from "@/components/ui/note";
import { Skeleton } from "@/components/ui/skeleton";
import { type SupportSnapshot, supportSnapshotSchema } from "@/lib/contracts/support";
import type { Translate } from "@/lib/words/translate";
import { CaseView } from "./case-view";
import { VerdictCard } from "./verdict-card";

const over = (t: Translate): Readonly<Record<string, string>> => ({
  SNAPSHOT_UNKNOWN: t("support.noSnapshotAtThisLink"),
  SNAPSHOT_EXPIRED: t("support.theSnapshotHasExpired"),
  SNAPSHOT_REVOKED: t("support.theSnapshotWasTakenBack"),
});

/** A look-up as it was when somebody kept it. */
export function SnapshotPage({ token }: { token: string }) {
  return useMay(subscriberReaders) ? <SnapshotBody token={token} /> : <PageRefused roles={subscriberReaders} />;
}

function SnapshotBody({ token }: { token: string }) {
  const t = useTranslations();
  const snapshot = useQuery({
    queryKey: queryKeys.snapshot(token),
    queryFn: ({ signal }) =>
      fetchJson(supportSnapshotSchema, `/api/support/snapshots/${encodeURIComponent(token)}`, { signal }),
    // Each opening is kept in the audit log: once a page is enough.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const { error } = snapshot;
  const isOver = error instanceof ApiProblem ? over(t)[error.code] : undefined;
  return (
    <Page>
      {snapshot.isSuccess ? (
        <SnapshotView token={token} snapshot={snapshot.data} />
      ) : (
        <PageHeader title={t("support.snapshotOfALookUp")} />
      )}
      {snapshot.isPending ? <Skeleton className="h-64" /> : null}
      {snapshot.isError && isOver === undefined ? (
        <ErrorState
          title={t("support.theSnapshotCouldNotBeRead")}
          detail={errorText(t, error)}
          onRetry={() => snapshot.refetch()}
        />
      ) : null}
      {isOver === undefined ? null : (
        <Card>
          <EmptyState icon={<Link2Off size={20} aria-hidden />} title={isOver}>
            <p>{errorText(t, error)}</p>
            <Link href="/support" className={`${buttonClass()} mt-4`}>
              <Headset size={14} aria-hidden />
              {t("support.goToLookUp")}
            </Link>
          </EmptyState>
        </Card>
      )}
    </Page>
  );
}

function SnapshotView({ token, snapshot }: { token: string; snapshot: SupportSnapshot }) {
  const t = useTranslations();
  const { shown, madeBy, expiresAt, mayRevoke, isMasked } = snapshot;
  const [isRevoking, setRevoking] = useState(false);
  const close = useCallback(() => setRevoking(false), []);
  return (
    <>
      <PageHeader
        title={t("support.snapshotOfALookUp")}
        actions={
          <>
            <Link href={`/support?subscriber=${shown.subscriber.id}`} className={buttonClass()}>
              <Headset size={14} aria-hidden />
              {t("support.lookUpNow")}
            </Link>
            {mayRevoke ? (
              <Button variant="danger" onClick={() => setRevoking(true)}>
                <Link2Off size={14} aria-hidden />
                {t("support.takeBack")}
              </Button>
            ) : null}
          </>
        }
      >
        <Badge tone="accent" icon={<Snowflake size={12} aria-hidden />}>
          {t.rich("support.snapshotOf", { time: timeTag(shown.readAt) })}
        </Badge>
        <span className="text-ink-3 text-sm">{t.rich("support.byUntil", { madeBy, time: untilTag(expiresAt) })}</span>
      </PageHeader>
      <Note>
        {t("support.purposePurposeState", {
          purpose: shown.purpose,
          state: isMasked ? t("support.numbersAreMaskedLookTheSubscriber") : "",
        })}
      </Note>
      <VerdictCard verdict={shown.verdict} actions={null} />
      <CaseView found={shown} isFrozen />
      <RevokeDialog token={token} isOpen={isRevoking} onClose={close} />
    </>
  );
}

function RevokeDialog({ token, isOpen, onClose }: { token: string; isOpen: boolean; onClose: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => fetchJson(z.null(), `/api/support/snapshots/${token}/revoke`, { method: "POST" }),
    onSuccess: () => {
      onClose();
      return queries.resetQueries({ queryKey: queryKeys.snapshot(token) });
    },
  });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={t("support.takeThisSnapshotBack")}
      confirmLabel={revoke.isPending ? t("support.takingBack") : t("support.takeTheLinkBack")}
      isDangerous
      isBusy={revoke.isPending}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>{t("support.nobodyCanOpenTheLinkAny")}</p>
      {revoke.isError ? (
        <ErrorState className="mt-3" title={t("support.notTakenBack")} detail={errorText(t, revoke.error)} />
      ) : null}
    </ConfirmDialog>
  );
}
