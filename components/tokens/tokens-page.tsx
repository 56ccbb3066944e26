"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { KeySquare, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { queryString } from "@/components/api/query-string";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { staffManagers } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Pager } from "@/components/ui/pager";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import { apiTokenListSchema } from "@/lib/contracts/api-tokens";
import { AddTokenDialog } from "./add-token-dialog";
import { TokensTable } from "./tokens-table";

/** Credentials of programs that use the API. */
export function TokensPage() {
  return useMay(staffManagers) ? <TokensBody /> : <PageRefused roles={staffManagers} />;
}

function TokensBody() {
  const t = useTranslations();
  const pages = useCursorPages();
  const [isAdding, setAdding] = useState(false);
  const close = useCallback(() => setAdding(false), []);
  const list = useQuery({
    queryKey: queryKeys.tokens(pages.cursor),
    queryFn: ({ signal }) =>
      fetchJson(apiTokenListSchema, `/api/tokens${queryString({ cursor: pages.cursor, limit: 50 })}`, { signal }),
    placeholderData: keepPreviousData,
  });
  const rows = list.data?.items ?? [];
  return (
    <Page>
      <PageHeader
        title={t("tokens.apiTokens")}
        actions={
          <Button variant="primary" onClick={() => setAdding(true)}>
            <Plus size={14} aria-hidden />
            {t("tokens.addToken")}
          </Button>
        }
      />
      {list.isError ? (
        <ErrorState
          title={t("tokens.theTokensCouldNotBeRead")}
          detail={errorText(t, list.error)}
          onRetry={() => list.refetch()}
        />
      ) : null}
      <Card isFlush>
        {list.isPending ? <TableSkeleton rows={4} /> : null}
        {list.isSuccess && rows.length === 0 ? (
          <EmptyState icon={<KeySquare size={20} aria-hidden />} title={t("tokens.noTokenYet")}>
            {t("tokens.aProgramWithATokenActs")}
          </EmptyState>
        ) : null}
        {rows.length > 0 ? (
          <>
            <TokensTable rows={rows} />
            <Pager pages={pages} nextCursor={list.data?.nextCursor ?? null} />
          </>
        ) : null}
      </Card>
      <AddTokenDialog isOpen={isAdding} onClose={close} />
    </Page>
  );
}
