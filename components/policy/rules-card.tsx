"use client";

import { ClipboardPaste, ListChecks, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Pager } from "@/components/ui/pager";
import { SearchField } from "@/components/ui/search-field";
import { SelectField } from "@/components/ui/select-field";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import type { WhiteListRule } from "@/lib/contracts/policy";
import type { DraftWhiteList } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";
import { AddRuleForm } from "./add-rule-form";
import { PasteRulesDialog } from "./paste-rules-dialog";
import { ruleKey, ruleKindNames } from "./prepare-rule";
import { RulesTable } from "./rules-table";
import { useEditRules } from "./use-edit-rules";
import { type RuleQuery, useRules } from "./use-policy";

const kinds = (t: Translate) =>
  [
    { value: "all", label: t("whiteLists.allKinds") },
    { value: "domain-suffix", label: ruleKindNames(t)["domain-suffix"] },
    { value: "host", label: ruleKindNames(t).host },
    { value: "cidr", label: ruleKindNames(t).cidr },
  ] as const;

/** A page of a list's rules, to search, add to and remove from. */
export function RulesCard({ list, mayEdit }: { list: DraftWhiteList; mayEdit: boolean }) {
  const t = useTranslations();
  const pages = useCursorPages();
  const [filter, setFilter] = useState<Omit<RuleQuery, "cursor">>({ search: "", kind: "all" });
  const [selected, setSelected] = useState<ReadonlyMap<string, WhiteListRule>>(new Map());
  const [isPasteOpen, setPasteOpen] = useState(false);
  const closePaste = useCallback(() => setPasteOpen(false), []);
  const rules = useRules(list.item.id, { ...filter, cursor: pages.cursor });
  const edit = useEditRules(list.item.id, list.item.name);
  const items = rules.data?.items ?? [];
  const isFiltered = filter.search !== "" || filter.kind !== "all";

  const { reset } = pages;
  const narrow = useCallback(
    (change: Partial<typeof filter>) => {
      setFilter((before) => ({ ...before, ...change }));
      setSelected(new Map());
      reset();
    },
    [reset],
  );
  const search = useCallback((text: string) => narrow({ search: text }), [narrow]);
  const select = (chosen: readonly WhiteListRule[], isChecked: boolean) =>
    setSelected((before) => {
      const next = new Map(before);
      for (const rule of chosen) {
        if (isChecked) next.set(ruleKey(rule), rule);
        else next.delete(ruleKey(rule));
      }
      return next;
    });
  const remove = () => {
    edit.remove([...selected.values()]);
    setSelected(new Map());
  };

  return (
    <Card
      isFlush
      title={t("whiteLists.rules2")}
      note={t("whiteLists.aNameThatNoRuleHolds")}
      actions={
        <>
          <SearchField
            label={t("whiteLists.findARule")}
            value={filter.search}
            onSearch={search}
            className="w-full sm:w-56"
          />
          <SelectField
            label={t("whiteLists.kindOfRule")}
            isLabelHidden
            value={filter.kind}
            options={kinds(t)}
            onValue={(kind) => narrow({ kind })}
            className="w-32"
          />
          {mayEdit ? (
            <Button onClick={() => setPasteOpen(true)}>
              <ClipboardPaste size={14} aria-hidden />
              {t("whiteLists.pasteMany")}
            </Button>
          ) : null}
        </>
      }
    >
      {mayEdit ? <AddRuleForm edit={edit} /> : null}
      {selected.size > 0 ? (
        <div className="flex items-center gap-3 border-line border-t bg-accent-soft px-4 py-1.5 text-sm">
          <span role="status" className="grow">
            {t("whiteLists.rulesSelected", { size: selected.size })}
          </span>
          <Button size="sm" variant="ghost" onClick={() => setSelected(new Map())}>
            {t("whiteLists.clear")}
          </Button>
          <Button size="sm" variant="danger" disabled={edit.isBusy} onClick={remove}>
            <Trash2 size={14} aria-hidden />
            {t("whiteLists.remove")}
          </Button>
        </div>
      ) : null}
      {rules.isError ? (
        <ErrorState
          className="m-4"
          title={t("whiteLists.theRulesCouldNotBeRead")}
          detail={errorText(t, rules.error)}
          onRetry={() => rules.refetch()}
        />
      ) : null}
      {rules.isPending ? <TableSkeleton rows={8} /> : null}
      {rules.isSuccess && items.length === 0 ? (
        <EmptyState
          icon={<ListChecks size={20} aria-hidden />}
          title={isFiltered ? t("whiteLists.noRuleIsLikeThis") : t("whiteLists.noRuleYet")}
          className="border-line border-t"
        >
          {isFiltered ? t("whiteLists.searchForAPartOfA") : t("whiteLists.addADomainAHostOr")}
        </EmptyState>
      ) : null}
      {items.length > 0 ? <RulesTable items={items} {...{ selected, mayEdit }} onSelect={select} /> : null}
      {items.length > 0 ? (
        <Pager
          pages={pages}
          nextCursor={rules.data?.nextCursor ?? null}
          names={{ back: t("common.previous"), next: t("common.next") }}
          total={rules.data === undefined ? undefined : t("whiteLists.rulesTotal", { total: rules.data.total })}
        />
      ) : null}
      <PasteRulesDialog isOpen={isPasteOpen} onClose={closePaste} name={list.item.name} id={list.item.id} />
    </Card>
  );
}
