"use client";

import { ArrowLeft, ArrowLeftRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { ApiProblem } from "@/components/api/fetch-json";
import { AgeChip } from "@/components/live/age-chip";
import { Page, PageHeader } from "@/components/shell/page-header";
import { useNow } from "@/components/time/use-now";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import type { SessionDetail } from "@/lib/contracts/portal";
import { formatDuration } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { BalanceTable } from "./balance-table";
import { PathEventList } from "./path-event-list";
import { PathsTable } from "./paths-table";
import { preparePathEvents } from "./prepare-path-events";
import { endReasonText, sessionDurationMs, transportNames } from "./prepare-session";
import { SessionChartCard } from "./session-chart";
import { SessionFacts } from "./session-facts";
import { SessionShare } from "./session-share";
import { sessionPollMs, useSession } from "./use-session";

const nothing: ReadonlySet<string> = new Set();

/** One session over its life: what its paths carried, what happened to them, and why. */
export function SessionPage({ sessionKey }: { sessionKey: string }) {
  const t = useTranslations();
  const session = useSession(sessionKey);
  const { data, error } = session;
  const isUnknown = error instanceof ApiProblem && error.status === 404;
  return (
    <Page>
      {data === undefined ? (
        <PageHeader title={t("sessions.session")}>
          <BackLink />
        </PageHeader>
      ) : (
        <SessionHeader session={data} readAtMs={session.dataUpdatedAt} />
      )}
      {isUnknown ? (
        <Card>
          <EmptyState icon={<ArrowLeftRight size={20} aria-hidden />} title={t("sessions.thereIsNoSuchSession")}>
            {t("sessions.lookForItInTheList")}
          </EmptyState>
        </Card>
      ) : null}
      {session.isError && !isUnknown ? (
        <ErrorState
          title={t("sessions.theSessionCouldNotBeRead")}
          detail={errorText(t, error)}
          onRetry={() => session.refetch()}
        />
      ) : null}
      {session.isPending ? <Skeleton className="h-96" /> : null}
      {data === undefined ? null : <SessionBody session={data} />}
    </Page>
  );
}

function BackLink() {
  const t = useTranslations();
  return (
    <Link
      href="/sessions"
      className="inline-flex min-h-6 items-center gap-1 rounded text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline"
    >
      <ArrowLeft size={14} aria-hidden />
      {t("sessions.allSessions")}
    </Link>
  );
}

function SessionHeader({ session, readAtMs }: { session: SessionDetail; readAtMs: number }) {
  const t = useTranslations();
  const nowMs = useNow(1000) ?? readAtMs;
  const { end, transport } = session;
  return (
    <div className="flex flex-col gap-1">
      <BackLink />
      <header className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 break-all font-semibold text-xl tracking-tight">{session.destination}</h1>
        <Badge tone={end === null ? "good" : "neutral"}>
          {end === null ? t("sessions.running2") : t("sessions.ended")}
        </Badge>
        <Badge tone={transport === "tcp-fallback" ? "warn" : "neutral"}>{transportNames(t)[transport]}</Badge>
        <span className="grow" />
        {end === null ? <AgeChip atMs={readAtMs} staleAfterMs={3 * sessionPollMs} /> : null}
      </header>
      <p className="text-ink-2 text-sm tnum">
        {t("sessions.class", {
          deviceId: session.deviceId,
          className: session.className,
          state: end === null ? t("sessions.for") : "",
          duration: formatDuration(sessionDurationMs(session, nowMs)),
          reason: end === null ? "" : ` · ${endReasonText(t, end.reason)}`,
        })}
      </p>
    </div>
  );
}

function SessionBody({ session }: { session: SessionDetail }) {
  const t = useTranslations();
  const [chosen, setChosen] = useState(nothing);
  const events = useMemo(() => preparePathEvents(t, session.events), [session.events, t]);
  const choose = useCallback((ids: readonly string[]) => setChosen(new Set(ids)), []);
  return (
    <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_22rem] xl:grid-rows-[auto_auto_1fr]">
      <SessionChartCard session={session} events={events} onEvents={choose} />
      <div className="grid content-start gap-4 md:grid-cols-2 xl:row-span-3 xl:grid-cols-1">
        <SessionShare session={session} />
        <Card title={t("sessions.byteBalance")} className="md:max-xl:row-span-2">
          <BalanceTable session={session} />
        </Card>
        <Card title={t("sessions.session")}>
          <SessionFacts session={session} className={session.className} />
        </Card>
      </div>
      <Card title={t("sessions.paths")} isFlush>
        {session.subflows.length === 0 ? (
          <EmptyState title={t("sessions.noPathWasReported2")} />
        ) : (
          <PathsTable paths={session.subflows} />
        )}
      </Card>
      <div className="min-w-0">
        <Card title={t("sessions.whatHappenedToThePaths")} note={eventsNote(t, events.length)} isFlush>
          {events.length === 0 ? (
            <EmptyState title={t("sessions.nothingSoFar")}>{t("sessions.joinsStallsHandOversAndChanges")}</EmptyState>
          ) : (
            <PathEventList events={events} chosen={chosen} />
          )}
        </Card>
      </div>
    </div>
  );
}

function eventsNote(t: Translate, count: number): string {
  return count < 1000 ? t("sessions.newestFirst") : t("sessions.theNewest1000NewestFirst");
}
