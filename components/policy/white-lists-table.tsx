import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { DraftWhiteList } from "@/lib/contracts/policy-admin";
import { ChangeBadge } from "./change-badge";
import { formatCount } from "./prepare-words";

/** Whom a list is for: `Everyone`, `Extra: 12 subscribers`. */
export function audienceText({ item, subscribers }: DraftWhiteList): string {
  if (item.audience === "everyone") return "Everyone";
  return subscribers === null ? "Extra" : `Extra: ${formatCount(subscribers, "subscriber", "subscribers")}`;
}

/** One line a white-list. */
export function WhiteListsTable({ items }: { items: readonly DraftWhiteList[] }) {
  return (
    <Table label="Table of white-lists">
      <thead>
        <tr>
          <Th>White-list</Th>
          <Th className="hidden sm:table-cell">Audience</Th>
          <Th className="text-right">Rules</Th>
          <Th className="text-right">Hits</Th>
          <Th className="hidden md:table-cell">Last match</Th>
          <Th className="hidden sm:table-cell">Findings</Th>
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
              <span className="block text-ink-3 text-xs sm:hidden">{audienceText(list)}</span>
            </Td>
            <Td className="hidden whitespace-nowrap sm:table-cell">{audienceText(list)}</Td>
            <Td className="text-right tnum">{list.ruleCount.toLocaleString("en-GB")}</Td>
            <Td className="text-right tnum">{list.hits.toLocaleString("en-GB")}</Td>
            <Td className="hidden whitespace-nowrap text-ink-2 md:table-cell">
              {list.lastMatchAt === null ? "never" : <TimeText at={list.lastMatchAt} style="short" />}
            </Td>
            <Td className="hidden sm:table-cell">
              {list.findings === 0 ? (
                <span className="text-ink-3">none</span>
              ) : (
                <Badge tone="warn" icon={<TriangleAlert size={12} aria-hidden />}>
                  {formatCount(list.findings, "finding", "findings")}
                </Badge>
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
