"use client";

import { ArrowLeft, Pencil } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { useGo } from "@/components/shell/leave-guard";
import { Page, PageHeader } from "@/components/shell/page-header";
import { policyEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { TimeText } from "@/components/time/time-text";
import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Note } from "@/components/ui/note";
import { Skeleton } from "@/components/ui/skeleton";
import type { DraftWhiteList } from "@/lib/contracts/policy-admin";
import { ChangeBadge } from "./change-badge";
import { FindingList } from "./finding-list";
import { ItemMenu } from "./item-menu";
import { ReadOnlyNote } from "./read-only-note";
import { RulesCard } from "./rules-card";
import { useDraftItem } from "./use-draft-item";
import { policyPaths, useDraftWhiteLists, useFindings } from "./use-policy";
import { WhiteListHeadDialog } from "./white-list-head-dialog";
import { audienceText } from "./white-lists-table";

/** One white-list and its rules. */
export function WhiteListPage({ id }: { id: string }) {
  const t = useTranslations();
  const lists = useDraftWhiteLists();
  const list = lists.data?.items.find(({ item }) => item.id === id);
  return (
    <Page>
      <Link
        href="/policy/white-lists"
        className="-mb-2 inline-flex min-h-6 items-center gap-1.5 self-start text-ink-2 text-sm hover:text-ink"
      >
        <ArrowLeft size={14} aria-hidden />
        {t("whiteLists.whiteLists")}
      </Link>
      {lists.isPending ? (
        <div role="status" aria-label={t("common.loading")} className="flex flex-col gap-4">
          <Skeleton className="h-8 w-64" />
          <Skeleton className="h-96" />
        </div>
      ) : null}
      {lists.isError ? (
        <ErrorState
          title={t("whiteLists.theWhiteListCouldNotBe")}
          detail={errorText(t, lists.error)}
          onRetry={() => lists.refetch()}
        />
      ) : null}
      {lists.isSuccess && list === undefined ? (
        <>
          <PageHeader title={t("whiteLists.noSuchWhiteList")} />
          <EmptyState title={t("whiteLists.theDraftHasNoWhiteList", { id })}>
            {t.rich("whiteLists.itMayHaveBeenRemovedAll", {
              link: (chunks) => (
                <Link href="/policy/white-lists" className={`mt-3 ${buttonClass()}`}>
                  {chunks}
                </Link>
              ),
            })}
          </EmptyState>
        </>
      ) : null}
      {list === undefined ? null : <WhiteListBody list={list} />}
    </Page>
  );
}

function WhiteListBody({ list }: { list: DraftWhiteList }) {
  const t = useTranslations();
  const mayEdit = useMay(policyEditors);
  const go = useGo();
  const findings = useFindings(list.etag, list.findings > 0);
  const [isHeadOpen, setHeadOpen] = useState(false);
  const closeHead = useCallback(() => setHeadOpen(false), []);
  const { item, change } = list;
  const draftItem = useDraftItem({
    collection: "white-list",
    id: item.id,
    name: item.name,
    path: policyPaths.whiteList(item.id),
    etag: list.etag,
    change,
  });
  const isRemoved = change === "removed";
  const leaveWhenGone = async () => {
    if (await draftItem.remove()) go("/policy/white-lists");
  };
  const own = findings.data?.items.filter(({ collection, id }) => collection === "white-list" && id === item.id) ?? [];

  return (
    <>
      <PageHeader
        title={item.name}
        actions={
          <>
            {mayEdit && !isRemoved ? (
              <Button onClick={() => setHeadOpen(true)}>
                <Pencil size={14} aria-hidden />
                {t("whiteLists.nameAndAudience")}
              </Button>
            ) : null}
            {mayEdit ? (
              <ItemMenu
                name={item.name}
                change={change}
                isBusy={draftItem.isBusy}
                onDiscard={draftItem.discard}
                onRemove={leaveWhenGone}
              />
            ) : null}
          </>
        }
      >
        <ChangeBadge change={change} />
      </PageHeader>
      <p className="-mt-2 flex flex-wrap gap-x-4 gap-y-1 text-ink-2 text-sm tnum">
        <span>{audienceText(t, list)}</span>
        <span>{t("whiteLists.rulesRuleCount", { ruleCount: list.ruleCount })}</span>
        <span>{t("whiteLists.hitsHits", { hits: list.hits })}</span>
        <span>
          {t("whiteLists.lastMatch")}{" "}
          {list.lastMatchAt === null ? t("common.never") : <TimeText at={list.lastMatchAt} style="short" />}
        </span>
        <span className="text-ink-3">{t("whiteLists.id", { id: item.id })}</span>
      </p>
      <ReadOnlyNote />
      {isRemoved ? (
        <Note
          actions={
            mayEdit ? (
              <Button size="sm" onClick={draftItem.discard}>
                {t("whiteLists.bringItBack")}
              </Button>
            ) : null
          }
        >
          {t("whiteLists.publishingTheDraftRemovesThisWhite")}
        </Note>
      ) : null}
      {own.length > 0 ? <FindingList findings={own} /> : null}
      <RulesCard list={list} mayEdit={mayEdit && !isRemoved} />
      <WhiteListHeadDialog isOpen={isHeadOpen} onClose={closeHead} list={list} />
    </>
  );
}
