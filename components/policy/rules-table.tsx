"use client";

import { TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { tell } from "@/components/api/tell";
import { TimeText } from "@/components/time/time-text";
import { CheckBox } from "@/components/ui/check-box";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { WhiteListRule } from "@/lib/contracts/policy";
import type { DraftRule } from "@/lib/contracts/policy-admin";
import { ChangeBadge } from "./change-badge";
import { formatPorts, formatRule, ruleKey, ruleKindNames } from "./prepare-rule";

type RulesTableProps = {
  items: readonly DraftRule[];
  selected: ReadonlyMap<string, WhiteListRule>;
  mayEdit: boolean;
  onSelect: (rules: readonly WhiteListRule[], isChecked: boolean) => void;
};

/** One line a rule, in the list's order. */
export function RulesTable({ items, selected, mayEdit, onSelect }: RulesTableProps) {
  const t = useTranslations();
  const choosable = items.filter(({ change }) => change !== "removed").map(({ rule }) => rule);
  const chosen = choosable.filter((rule) => selected.has(ruleKey(rule))).length;
  return (
    <Table label={t("whiteLists.tableOfRules")} className="border-line border-t">
      <thead>
        <tr>
          {mayEdit ? (
            <Th className="w-10">
              <CheckBox
                label={t("whiteLists.selectAllRulesOfThisPage")}
                isLabelHidden
                state={chosen === 0 ? false : chosen === choosable.length ? true : "some"}
                onState={(isChecked) => onSelect(choosable, isChecked)}
              />
            </Th>
          ) : null}
          <Th>{t("whiteLists.rule")}</Th>
          <Th className="hidden sm:table-cell">{t("whiteLists.kind")}</Th>
          <Th className="hidden sm:table-cell">{t("whiteLists.ports2")}</Th>
          <Th className="text-right">{t("whiteLists.hits")}</Th>
          <Th className="hidden md:table-cell">{t("whiteLists.lastMatch")}</Th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ rule, change, hits, lastMatchAt, shadowedBy, shadowedByTold }) => (
          <Tr key={`${change} ${ruleKey(rule)}`} className="hover:bg-sunken/60">
            {mayEdit ? (
              <Td>
                <CheckBox
                  label={t("whiteLists.select", { rule: formatRule(rule) })}
                  isLabelHidden
                  isDisabled={change === "removed"}
                  state={selected.has(ruleKey(rule))}
                  onState={(isChecked) => onSelect([rule], isChecked)}
                />
              </Td>
            ) : null}
            <Td>
              <span className="flex flex-wrap items-center gap-2">
                <span className={`break-all font-medium ${change === "removed" ? "text-ink-3 line-through" : ""}`}>
                  {rule.kind === "domain-suffix" ? <span className="text-ink-3">*.</span> : null}
                  {rule.value}
                </span>
                <ChangeBadge change={change} />
              </span>
              <span className="block text-ink-3 text-xs sm:hidden">
                {t("whiteLists.portsRuleKindPorts", {
                  ruleKind: ruleKindNames(t)[rule.kind],
                  ports: formatPorts(t, rule.ports),
                })}
              </span>
              {shadowedBy === null ? null : (
                <span className="flex items-start gap-1.5 text-warn text-xs">
                  <TriangleAlert size={12} aria-hidden className="mt-0.5 shrink-0" />
                  {tell(t, shadowedBy, shadowedByTold)}
                </span>
              )}
            </Td>
            <Td className="hidden whitespace-nowrap text-ink-2 sm:table-cell">{ruleKindNames(t)[rule.kind]}</Td>
            <Td className="hidden text-ink-2 tnum sm:table-cell">{formatPorts(t, rule.ports)}</Td>
            <Td className="text-right tnum">{t("common.number", { value: hits })}</Td>
            <Td className="hidden whitespace-nowrap text-ink-2 md:table-cell">
              {lastMatchAt === null ? t("common.never") : <TimeText at={lastMatchAt} style="short" />}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
