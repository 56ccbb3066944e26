"use client";

import { UserPlus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { staffManagers } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Pager } from "@/components/ui/pager";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import { AddStaffDialog } from "./add-staff-dialog";
import { StaffTable } from "./staff-table";
import { useStaffList } from "./use-staff-list";

/** Who may sign in, and with which role. */
export function StaffPage() {
  return useMay(staffManagers) ? <StaffBody /> : <PageRefused roles={staffManagers} />;
}

function StaffBody() {
  const t = useTranslations();
  const pages = useCursorPages();
  const list = useStaffList(pages.cursor);
  const [isAdding, setAdding] = useState(false);
  const close = useCallback(() => setAdding(false), []);
  return (
    <Page>
      <PageHeader
        title={t("staff.staff")}
        actions={
          <Button variant="primary" onClick={() => setAdding(true)}>
            <UserPlus size={14} aria-hidden />
            {t("staff.addStaff")}
          </Button>
        }
      />
      {list.isError ? (
        <ErrorState
          title={t("staff.theAccountsCouldNotBeRead")}
          detail={errorText(t, list.error)}
          onRetry={() => list.refetch()}
        />
      ) : null}
      <Card isFlush>
        {list.isPending ? <TableSkeleton rows={6} /> : null}
        {list.data === undefined ? null : (
          <>
            <StaffTable rows={list.data.items} />
            <Pager pages={pages} nextCursor={list.data.nextCursor} />
          </>
        )}
      </Card>
      <AddStaffDialog isOpen={isAdding} onClose={close} />
    </Page>
  );
}
