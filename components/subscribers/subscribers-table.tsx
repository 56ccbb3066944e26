"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { TimeText } from "@/components/time/time-text";
import { CheckBox } from "@/components/ui/check-box";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { Subscriber } from "@/lib/contracts/subscribers";
import { formatMsisdn } from "./prepare-subscriber";
import { StateBadge } from "./state-badge";
import { type Choice, nameOf } from "./use-subscribers";

type SubscribersTableProps = {
  rows: readonly Subscriber[];
  classes: readonly Choice[] | undefined;
  /** Null: nothing can be chosen. */
  chosen: ReadonlySet<string> | null;
  onChoose: (ids: readonly string[], isChosen: boolean) => void;
};

/** One line a subscriber; the boxes choose for a bulk change. */
export function SubscribersTable({ rows, classes, chosen, onChoose }: SubscribersTableProps) {
  const t = useTranslations();
  const chosenHere = rows.filter(({ id }) => chosen?.has(id)).length;
  const isAllChosen = rows.length > 0 && chosenHere === rows.length;
  return (
    <Table label={t("subscribers.tableOfSubscribers")}>
      <thead>
        <tr>
          {chosen === null ? null : (
            <Th className="w-10">
              <CheckBox
                label={t("subscribers.allOfThisPage")}
                isLabelHidden
                state={chosenHere > 0 && !isAllChosen ? "some" : isAllChosen}
                onState={(isChosen) =>
                  onChoose(
                    rows.map(({ id }) => id),
                    isChosen,
                  )
                }
              />
            </Th>
          )}
          <Th>MSISDN</Th>
          <Th className="hidden md:table-cell">IMSI</Th>
          <Th>{t("subscribers.class")}</Th>
          <Th className="hidden sm:table-cell">{t("common.state")}</Th>
          <Th className="hidden text-right md:table-cell">{t("subscribers.devices")}</Th>
          <Th className="hidden lg:table-cell">{t("subscribers.extraWhiteLists")}</Th>
          <Th className="hidden xl:table-cell">{t("common.changed")}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.id} className="hover:bg-sunken/60">
            {chosen === null ? null : (
              <Td>
                <CheckBox
                  label={t("subscribers.choose", { msisdn: row.msisdn })}
                  isLabelHidden
                  state={chosen.has(row.id)}
                  onState={(isChosen) => onChoose([row.id], isChosen)}
                />
              </Td>
            )}
            <Td className="whitespace-nowrap">
              <Link href={`/subscribers/${row.id}`} className="font-medium tnum underline-offset-4 hover:underline">
                {formatMsisdn(row.msisdn)}
              </Link>
              {row.state === "suspended" ? (
                <span className="ml-2 sm:hidden">
                  <StateBadge state={row.state} />
                </span>
              ) : null}
            </Td>
            <Td className="hidden text-ink-2 tnum md:table-cell">{row.imsi ?? "–"}</Td>
            <Td className="whitespace-nowrap">{nameOf(classes, row.serviceClassId)}</Td>
            <Td className="hidden sm:table-cell">
              <StateBadge state={row.state} />
            </Td>
            <Td className="hidden text-right tnum md:table-cell">{row.devices}</Td>
            <Td className="hidden max-w-60 truncate text-ink-2 lg:table-cell">
              {row.extraWhiteListIds.length === 0 ? "–" : row.extraWhiteListIds.join(", ")}
            </Td>
            <Td className="hidden text-ink-2 xl:table-cell">
              <TimeText at={row.updatedAt} style="short" />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
