"use client";

import { useTranslations } from "next-intl";
import { useCallback, useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { newestOf } from "@/components/sessions/prepare-session";
import { SessionDrawer } from "@/components/sessions/session-drawer";
import { SessionsTable, sessionColumns } from "@/components/sessions/sessions-table";
import { useSessions } from "@/components/sessions/use-sessions";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import type { SessionRow } from "@/lib/contracts/portal";

/** The newest sessions with what each path carried. */
export function RecentSessions() {
  const t = useTranslations();
  const [opened, setOpened] = useState<SessionRow | null>(null);
  const sessions = useSessions("all", null, 6);
  const close = useCallback(() => setOpened(null), []);
  const rows = sessions.data?.items ?? [];
  const columns = useMemo(() => sessionColumns(t, { isShort: true }), [t]);
  return (
    <Card
      title={t("overview.recentSessions")}
      note={t("overview.payloadBytesPerPathBothDirections")}
      actions={
        <Link
          href="/sessions"
          className="rounded px-1 py-1 text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline"
        >
          {t("overview.allSessions")}
        </Link>
      }
      isFlush
    >
      {sessions.isPending ? <TableSkeleton rows={5} /> : null}
      {sessions.isError ? (
        <div className="px-4 pb-4">
          <ErrorState
            title={t("overview.theSessionsCouldNotBeRead")}
            detail={errorText(t, sessions.error)}
            onRetry={() => sessions.refetch()}
          />
        </div>
      ) : null}
      {sessions.isSuccess && rows.length === 0 ? (
        <EmptyState title={t("overview.noSessionYet")}>
          {t.rich("overview.runOrSendADownloadThrough", {
            code: () => <code className="font-mono text-ink">npm run demo</code>,
          })}
        </EmptyState>
      ) : null}
      {rows.length > 0 ? <SessionsTable rows={rows} columns={columns} onOpen={setOpened} /> : null}
      <SessionDrawer session={newestOf(opened, rows)} onClose={close} />
    </Card>
  );
}
