"use client";

import { useTranslations } from "next-intl";
import { TimeText } from "@/components/time/time-text";
import { CheckBox } from "@/components/ui/check-box";
import { type Column, DataTable } from "@/components/ui/data-table";
import { Link } from "@/components/ui/link";
import type { Subscriber } from "@/lib/contracts/subscribers";
import type { Translate } from "@/lib/words/translate";
import { type Choice, formatMsisdn, nameOf } from "./prepare-subscriber";
import { StateBadge } from "./state-badge";

/** What is told of a subscriber in a list. */
export function subscriberColumns(t: Translate, classes: readonly Choice[] | undefined): Column<Subscriber>[] {
  return [
    {
      id: "msisdn",
      head: "MSISDN",
      name: null,
      cellClassName: "whitespace-nowrap",
      cell: (row) => (
        <>
          <Link href={`/subscribers/${row.id}`} className="font-medium tnum underline-offset-4 hover:underline">
            {formatMsisdn(row.msisdn)}
          </Link>
          {row.state === "suspended" ? (
            <span className="ml-2 sm:hidden">
              <StateBadge state={row.state} />
            </span>
          ) : null}
        </>
      ),
    },
    {
      id: "imsi",
      head: "IMSI",
      name: "IMSI",
      from: "hidden md:table-cell",
      cellClassName: "text-ink-2 tnum",
      cell: ({ imsi }) => imsi ?? "–",
    },
    {
      id: "class",
      head: t("subscribers.class"),
      name: t("subscribers.class"),
      cellClassName: "whitespace-nowrap",
      cell: ({ serviceClassId }) => nameOf(classes, serviceClassId),
    },
    {
      id: "state",
      head: t("common.state"),
      name: t("common.state"),
      from: "hidden sm:table-cell",
      cell: ({ state }) => <StateBadge state={state} />,
    },
    {
      id: "devices",
      head: t("subscribers.devices"),
      name: t("subscribers.devices"),
      from: "hidden md:table-cell",
      className: "text-right",
      cellClassName: "tnum",
      cell: ({ devices }) => devices,
    },
    {
      id: "extraWhiteLists",
      head: t("subscribers.extraWhiteLists"),
      name: t("subscribers.extraWhiteLists"),
      from: "hidden lg:table-cell",
      cellClassName: "max-w-60 truncate text-ink-2",
      cell: ({ extraWhiteListIds }) => (extraWhiteListIds.length === 0 ? "–" : extraWhiteListIds.join(", ")),
    },
    {
      id: "changed",
      head: t("common.changed"),
      name: t("common.changed"),
      from: "hidden xl:table-cell",
      cellClassName: "whitespace-nowrap text-ink-2",
      cell: ({ updatedAt }) => <TimeText at={updatedAt} style="short" />,
    },
  ];
}

type SubscribersTableProps = {
  rows: readonly Subscriber[];
  columns: readonly Column<Subscriber>[];
  /** Ids of the columns shown; null: as many as the screen is wide. */
  shownColumns: ReadonlySet<string> | null;
  /** Null: nothing can be chosen. */
  chosen: ReadonlySet<string> | null;
  onChoose: (ids: readonly string[], isChosen: boolean) => void;
};

/** One line a subscriber; the boxes choose for a bulk change. */
export function SubscribersTable({ rows, columns, shownColumns, chosen, onChoose }: SubscribersTableProps) {
  const t = useTranslations();
  const chosenHere = rows.filter(({ id }) => chosen?.has(id)).length;
  const isAllChosen = rows.length > 0 && chosenHere === rows.length;
  const boxes: Column<Subscriber> = {
    id: "boxes",
    head: (
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
    ),
    name: null,
    className: "w-10",
    cell: ({ id, msisdn }) => (
      <CheckBox
        label={t("subscribers.choose", { msisdn })}
        isLabelHidden
        state={chosen?.has(id) ?? false}
        onState={(isChosen) => onChoose([id], isChosen)}
      />
    ),
  };
  return (
    <DataTable
      label={t("subscribers.tableOfSubscribers")}
      columns={chosen === null ? columns : [boxes, ...columns]}
      rows={rows}
      keyOf={({ id }) => id}
      chosen={shownColumns}
    />
  );
}
