"use client";

import { Download, ScrollText } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { queryString } from "@/components/api/query-string";
import { ListTools } from "@/components/lists/list-tools";
import { useList } from "@/components/lists/use-list";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { staffManagers } from "@/components/shell/pages";
import { usePreferences } from "@/components/shell/preferences";
import { useMay } from "@/components/shell/staff";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Pager } from "@/components/ui/pager";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import type { AuditEntry } from "@/lib/contracts/audit";
import { AuditDrawer } from "./audit-drawer";
import { AuditFilters, type AuditForm } from "./audit-filters";
import { AuditTable, auditColumns } from "./audit-table";
import { ChainCheck } from "./chain-check";
import { prepareDayRange } from "./prepare-audit";
import { useAudit } from "./use-audit";

const filterShape = { actor: null, action: null, fromDay: null, toDay: null } as const;

/** Who did what, and whether the log is whole. */
export function AuditPage() {
  return useMay(staffManagers) ? <AuditBody /> : <PageRefused roles={staffManagers} />;
}

function AuditBody() {
  const t = useTranslations();
  const { zone } = usePreferences();
  const [target, setTarget] = useState("");
  const [opened, setOpened] = useState<AuditEntry | null>(null);
  const close = useCallback(() => setOpened(null), []);
  const columns = useMemo(() => auditColumns(t, zone, setOpened), [t, zone]);
  const { filter, refine, pages, shownColumns, tooling } = useList("audit", filterShape, columns);
  const { actor = "", action = "", fromDay = "", toDay = "" } = filter;
  const { reset } = pages;
  const change = useCallback(
    ({ target: whom, ...rest }: Partial<AuditForm>) => {
      if (whom !== undefined) {
        setTarget(whom);
        reset();
      } else refine(rest);
    },
    [refine, reset],
  );
  const question = { actor, action, target, ...prepareDayRange(fromDay, toDay, zone) };
  const list = useAudit(question, pages.cursor);
  const rows = list.data?.items ?? [];
  return (
    <Page>
      <PageHeader
        title={t("audit.auditLog")}
        actions={
          <a href={`/api/audit/export${queryString(question)}`} download className={buttonClass()}>
            <Download size={14} aria-hidden />
            {t("audit.exportCsv")}
          </a>
        }
      />
      <ChainCheck />
      <AuditFilters form={{ actor, action, target, fromDay, toDay }} onForm={change}>
        <ListTools {...tooling} />
      </AuditFilters>
      {list.isError ? (
        <ErrorState
          title={t("audit.theAuditLogCouldNotBe")}
          detail={errorText(t, list.error)}
          onRetry={() => list.refetch()}
        />
      ) : null}
      <Card isFlush>
        {list.isPending ? <TableSkeleton rows={12} /> : null}
        {list.isSuccess && rows.length === 0 ? (
          <EmptyState icon={<ScrollText size={20} aria-hidden />} title={t("audit.noEntryFits")}>
            {t("audit.takeAFilterAwayOrChoose")}
          </EmptyState>
        ) : null}
        {rows.length > 0 ? (
          <>
            <AuditTable rows={rows} columns={columns} shownColumns={shownColumns} />
            <Pager pages={pages} nextCursor={list.data?.nextCursor ?? null} />
          </>
        ) : null}
      </Card>
      <AuditDrawer entry={opened} onClose={close} />
    </Page>
  );
}
