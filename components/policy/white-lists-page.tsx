"use client";

import { ListChecks, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { Page, PageHeader } from "@/components/shell/page-header";
import { policyEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { SearchField } from "@/components/ui/search-field";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { NewWhiteListDialog } from "./new-white-list-dialog";
import { ReadOnlyNote } from "./read-only-note";
import { useDraftWhiteLists } from "./use-policy";
import { WhiteListsTable } from "./white-lists-table";

/** Every white-list: what goes through the proxy, for whom, and whether anything matches it. */
export function WhiteListsPage() {
  const t = useTranslations();
  const lists = useDraftWhiteLists();
  const mayEdit = useMay(policyEditors);
  const [search, setSearch] = useState("");
  const [isNewOpen, setNewOpen] = useState(false);
  const closeNew = useCallback(() => setNewOpen(false), []);
  const items = lists.data?.items ?? [];
  const wanted = search.toLowerCase();
  const found = items.filter(({ item }) => `${item.name} ${item.id}`.toLowerCase().includes(wanted));

  return (
    <Page>
      <PageHeader
        title={t("whiteLists.whiteLists")}
        actions={
          <>
            <SearchField
              label={t("whiteLists.findAWhiteList")}
              value={search}
              onSearch={setSearch}
              className="w-full sm:w-56"
            />
            {mayEdit ? (
              <Button disabled={!lists.isSuccess} onClick={() => setNewOpen(true)}>
                <Plus size={14} aria-hidden />
                {t("whiteLists.addAWhiteList")}
              </Button>
            ) : null}
          </>
        }
      />
      <ReadOnlyNote />
      {lists.isError ? (
        <ErrorState
          title={t("whiteLists.theWhiteListsCouldNotBe")}
          detail={errorText(t, lists.error)}
          onRetry={() => lists.refetch()}
        />
      ) : null}
      <Card isFlush>
        {lists.isPending ? <TableSkeleton rows={6} /> : null}
        {lists.isSuccess && found.length === 0 ? (
          <EmptyState
            icon={<ListChecks size={20} aria-hidden />}
            title={items.length === 0 ? t("whiteLists.noWhiteList2") : t("whiteLists.noWhiteListIsCalled", { search })}
          >
            {items.length === 0
              ? t("whiteLists.withoutOneNothingIsSentThrough")
              : t("whiteLists.itsRulesAreSearchedOnIts")}
          </EmptyState>
        ) : null}
        {found.length > 0 ? <WhiteListsTable items={found} /> : null}
      </Card>
      <NewWhiteListDialog isOpen={isNewOpen} onClose={closeNew} takenIds={items.map(({ item }) => item.id)} />
    </Page>
  );
}
