"use client";

import { ArrowLeftRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { ListTools } from "@/components/lists/list-tools";
import { useList } from "@/components/lists/use-list";
import { Page, PageHeader } from "@/components/shell/page-header";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Pager } from "@/components/ui/pager";
import { Segmented } from "@/components/ui/segmented";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import type { SessionRow } from "@/lib/contracts/portal";
import type { Translate } from "@/lib/words/translate";
import { newestOf } from "./prepare-session";
import { SessionDrawer } from "./session-drawer";
import { SessionsTable, sessionColumns } from "./sessions-table";
import { type SessionFilter, useSessions } from "./use-sessions";

const filterShape = { state: ["running", "ended"] } as const;
const filters = (t: Translate) =>
  [
    { value: "all", label: t("sessions.all") },
    { value: "running", label: t("sessions.running2") },
    { value: "ended", label: t("sessions.ended") },
  ] as const;

const emptyTitles = (t: Translate): Record<SessionFilter, string> => ({
  all: t("sessions.noSessionYet"),
  running: t("sessions.noSessionIsRunning"),
  ended: t("sessions.noSessionHasEndedYet"),
});

/** Every session the nodes reported, a page at a time. */
export function SessionsPage() {
  const t = useTranslations();
  const [opened, setOpened] = useState<SessionRow | null>(null);
  const columns = useMemo(() => sessionColumns(t), [t]);
  const { filter, refine, pages, shownColumns, tooling } = useList("sessions", filterShape, columns);
  const state = filter.state ?? "all";
  const sessions = useSessions(state, pages.cursor, 25);
  const close = useCallback(() => setOpened(null), []);
  const rows = sessions.data?.items ?? [];

  return (
    <Page>
      <PageHeader title={t("sessions.sessions")}>
        <Segmented
          label={t("common.state")}
          value={state}
          options={filters(t)}
          onValue={(next) => refine({ state: next === "all" ? undefined : next })}
        />
        <ListTools {...tooling} />
      </PageHeader>
      {sessions.isError ? (
        <ErrorState
          title={t("sessions.theSessionsCouldNotBeRead")}
          detail={errorText(t, sessions.error)}
          onRetry={() => sessions.refetch()}
        />
      ) : null}
      <Card isFlush>
        {sessions.isPending ? <TableSkeleton rows={12} /> : null}
        {sessions.isSuccess && rows.length === 0 ? (
          <EmptyState icon={<ArrowLeftRight size={20} aria-hidden />} title={emptyTitles(t)[state]}>
            {state === "ended"
              ? t("sessions.aSessionIsListedHereOnce")
              : t.rich("sessions.runOrSendADownloadThrough", {
                  code: () => <code className="font-mono text-ink">npm run demo</code>,
                })}
          </EmptyState>
        ) : null}
        {rows.length > 0 ? (
          <SessionsTable rows={rows} columns={columns} shownColumns={shownColumns} onOpen={setOpened} />
        ) : null}
        {rows.length > 0 ? <Pager pages={pages} nextCursor={sessions.data?.nextCursor ?? null} /> : null}
      </Card>
      <SessionDrawer session={newestOf(opened, rows)} onClose={close} />
    </Page>
  );
}
