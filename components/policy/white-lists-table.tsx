import { TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { DraftWhiteList } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";
import { ChangeBadge } from "./change-badge";

/** Whom a list is for: `Everyone`, `Extra: 12 subscribers`. */
export function audienceText(t: Translate, { item, subscribers }: DraftWhiteList): string {
  if (item.audience === "everyone") return t("common.everyone");
  return subscribers === null ? t("whiteLists.extra") : t("whiteLists.extraSubscribers", { subscribers });
}

/** One line a white-list. */
export function WhiteListsTable({ items }: { items: readonly DraftWhiteList[] }) {
  const t = useTranslations();
  return (
    <Table label={t("whiteLists.tableOfWhiteLists")}>
      <thead>
        <tr>
          <Th>{t("whiteLists.whiteList")}</Th>
          <Th className="hidden sm:table-cell">{t("whiteLists.audience")}</Th>
          <Th className="text-right">{t("whiteLists.rules2")}</Th>
          <Th className="text-right">{t("whiteLists.hits")}</Th>
          <Th className="hidden md:table-cell">{t("whiteLists.lastMatch")}</Th>
          <Th className="hidden sm:table-cell">{t("whiteLists.findings")}</Th>
        </tr>
      </thead>
      <tbody>
        {items.map((list) => (
          <Tr key={list.item.id} className="hover:bg-sunken/60">
            <Td>
              <span className="flex flex-wrap items-center gap-2">
                <Link
                  href={`/policy/white-lists/${list.item.id}`}
                  className="inline-flex min-h-6 items-center font-medium underline-offset-2 hover:underline"
                >
                  {list.item.name}
                </Link>
                <ChangeBadge change={list.change} />
              </span>
              <span className="block text-ink-3 text-xs sm:hidden">{audienceText(t, list)}</span>
            </Td>
            <Td className="hidden whitespace-nowrap sm:table-cell">{audienceText(t, list)}</Td>
            <Td className="text-right tnum">{t("common.number", { value: list.ruleCount })}</Td>
            <Td className="text-right tnum">{t("common.number", { value: list.hits })}</Td>
            <Td className="hidden whitespace-nowrap text-ink-2 md:table-cell">
              {list.lastMatchAt === null ? t("common.never") : <TimeText at={list.lastMatchAt} style="short" />}
            </Td>
            <Td className="hidden sm:table-cell">
              {list.findings === 0 ? (
                <span className="text-ink-3">{t("common.none")}</span>
              ) : (
                <Badge tone="warn" icon={<TriangleAlert size={12} aria-hidden />}>
                  {t("whiteLists.findingsFindings", { findings: list.findings })}
                </Badge>
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
