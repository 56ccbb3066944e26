"use client";

import { Download, ScrollText } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { errorText } from "@/components/api/error-text";
import { queryString } from "@/components/api/query-string";
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
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import { AuditFilters, type AuditForm, emptyAuditForm } from "./audit-filters";
import { AuditTable } from "./audit-table";
import { ChainCheck } from "./chain-check";
import { prepareDayRange } from "./prepare-audit";
import { useAudit } from "./use-audit";

/** Who did what, and whether the log is whole. */
export function AuditPage() {
  return useMay(staffManagers) ? <AuditBody /> : <PageRefused roles={staffManagers} />;
}

function AuditBody() {
  const t = useTranslations();
  const { zone } = usePreferences();
  const [form, setForm] = useState<AuditForm>(emptyAuditForm);
  const pages = useCursorPages();
  const { actor, action, target, fromDay, toDay } = form;
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
      <AuditFilters
        form={form}
        onForm={(change) => {
          setForm((before) => ({ ...before, ...change }));
          pages.reset();
        }}
      />
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
            <AuditTable rows={rows} />
            <Pager pages={pages} nextCursor={list.data?.nextCursor ?? null} />
          </>
        ) : null}
      </Card>
    </Page>
  );
}
