"use client";

import { Download, FileUp, Plus, Users } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { queryString } from "@/components/api/query-string";
import { ListTools } from "@/components/lists/list-tools";
import { useList } from "@/components/lists/use-list";
import { useHandedText } from "@/components/shell/handed-text";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { subscriberEditors, subscriberReaders } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Pager } from "@/components/ui/pager";
import { SearchField } from "@/components/ui/search-field";
import { SelectField } from "@/components/ui/select-field";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import type { BulkChange, SubscriberFilter } from "@/lib/contracts/subscribers";
import type { Translate } from "@/lib/words/translate";
import { BulkDialog } from "./bulk-dialog";
import { describeTotal } from "./prepare-subscriber";
import { SubscriberDialog } from "./subscriber-dialog";
import { SubscribersTable, subscriberColumns } from "./subscribers-table";
import { useSubscriberChoices, useSubscribers } from "./use-subscribers";

const pageNames = (t: Translate) => ({ back: t("common.previous"), next: t("common.next") });
const filterShape = { state: ["active", "suspended"], serviceClassId: null } as const;
const nobody: ReadonlySet<string> = new Set();
const noTotal = { value: 0, isExact: true };

/** Find, add and change subscribers. */
export function SubscribersPage() {
  return useMay(subscriberReaders) ? <SubscribersBody /> : <PageRefused roles={subscriberReaders} />;
}

function SubscribersBody() {
  const t = useTranslations();
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState(nobody);
  const [isAdding, setAdding] = useState(false);
  const [target, setTarget] = useState<BulkChange["target"] | null>(null);
  const mayEdit = useMay(subscriberEditors);
  const choices = useSubscriberChoices();
  const columns = useMemo(() => subscriberColumns(t, choices.data?.classes), [t, choices.data]);
  const list = useList("subscribers", filterShape, columns);
  const { pages } = list;
  const filter: SubscriberFilter = { ...list.filter, search: search === "" ? undefined : search };
  const subscribers = useSubscribers(filter, pages.cursor);
  const rows = subscribers.data?.items ?? [];
  const total = subscribers.data?.total;
  const isFiltered = Object.values(filter).some((value) => value !== undefined);

  const { reset } = pages;
  const refine = (part: typeof list.filter) => {
    list.refine(part);
    setChosen(nobody);
  };
  const find = useCallback(
    (text: string) => {
      setSearch(text);
      setChosen(nobody);
      reset();
    },
    [reset],
  );
  useHandedText("/subscribers", find);
  const choose = (ids: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) isChosen ? next.add(id) : next.delete(id);
    setChosen(next);
  };
  const classOptions = useMemo(
    () => [
      { value: "", label: t("subscribers.everyClass") },
      ...(choices.data?.classes ?? []).map(({ id, name }) => ({ value: id, label: name })),
    ],
    [choices.data, t],
  );
  const changed = target?.kind === "ids" ? { value: target.ids.length, isExact: true } : total;
  const closeBulk = useCallback(() => setTarget(null), []);
  const closeAdding = useCallback(() => setAdding(false), []);

  return (
    <Page>
      <PageHeader
        title={t("subscribers.subscribers")}
        actions={
          mayEdit ? (
            <>
              <a href={`/api/subscribers/export${queryString(filter)}`} download className={buttonClass()}>
                <Download size={14} aria-hidden />
                {t("subscribers.exportCsv")}
              </a>
              <Link href="/subscribers/imports" className={buttonClass()}>
                <FileUp size={14} aria-hidden />
                {t("subscribers.import")}
              </Link>
              <Button variant="primary" onClick={() => setAdding(true)}>
                <Plus size={14} aria-hidden />
                {t("subscribers.addSubscriber")}
              </Button>
            </>
          ) : null
        }
      >
        <span className="text-ink-3 text-sm tnum">{total === undefined ? "" : describeTotal(t, total)}</span>
      </PageHeader>
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label={t("subscribers.msisdnImsiDeviceOrId")}
          value={search}
          onSearch={find}
          className="w-full sm:w-80"
        />
        <SelectField
          label={t("subscribers.class")}
          isLabelHidden
          value={filter.serviceClassId ?? ""}
          options={classOptions}
          onValue={(id) => refine({ serviceClassId: id === "" ? undefined : id })}
          className="w-40"
        />
        <SelectField
          label={t("common.state")}
          isLabelHidden
          value={filter.state ?? ""}
          options={[
            { value: "", label: t("subscribers.everyState") },
            { value: "active", label: t("subscribers.active") },
            { value: "suspended", label: t("subscribers.suspended") },
          ]}
          onValue={(state) => refine({ state: state === "" ? undefined : state })}
          className="w-36"
        />
        <ListTools {...list.tooling} />
        <span className="grow" />
        {mayEdit && chosen.size > 0 ? (
          <Button onClick={() => setTarget({ kind: "ids", ids: [...chosen] })}>
            {t("subscribers.changeChosen", { size: chosen.size })}
          </Button>
        ) : null}
        {mayEdit && isFiltered && chosen.size === 0 && total !== undefined && total.value > 0 ? (
          <Button
            onClick={() => setTarget({ kind: "filter", filter, expectedCount: total.isExact ? total.value : null })}
          >
            {t("subscribers.changeAllFound", { total: describeTotal(t, total) })}
          </Button>
        ) : null}
      </div>
      {subscribers.isError ? (
        <ErrorState
          title={t("subscribers.theSubscribersCouldNotBeRead")}
          detail={errorText(t, subscribers.error)}
          onRetry={() => subscribers.refetch()}
        />
      ) : null}
      <Card isFlush>
        {subscribers.isPending ? <TableSkeleton rows={12} /> : null}
        {subscribers.isSuccess && rows.length === 0 ? (
          <EmptyState
            icon={<Users size={20} aria-hidden />}
            title={isFiltered ? t("subscribers.nobodyFits") : t("subscribers.noSubscriberYet")}
          >
            {isFiltered
              ? mayEdit
                ? t("subscribers.checkTheNumberItsLastDigits")
                : t("subscribers.writeTheWholeNumberItsLast")
              : t("subscribers.addOneHereOrImportA")}
          </EmptyState>
        ) : null}
        {rows.length > 0 ? (
          <>
            <SubscribersTable
              rows={rows}
              columns={columns}
              shownColumns={list.shownColumns}
              chosen={mayEdit ? chosen : null}
              onChoose={choose}
            />
            <Pager pages={pages} nextCursor={subscribers.data?.nextCursor ?? null} names={pageNames(t)} />
          </>
        ) : null}
      </Card>
      <SubscriberDialog isOpen={isAdding} subscriber={null} onClose={closeAdding} />
      <BulkDialog
        target={target}
        total={changed ?? noTotal}
        onDone={() => {
          setTarget(null);
          setChosen(nobody);
        }}
        onClose={closeBulk}
      />
    </Page>
  );
}
