"use client";

import { useTranslations } from "next-intl";
import { type Zone, zoneName } from "@/components/time/format-time";
import { type Column, DataTable } from "@/components/ui/data-table";
import type { AuditEntry } from "@/lib/contracts/audit";
import type { Translate } from "@/lib/words/translate";
import { formatAuditTime } from "./prepare-audit";

/** What is told of an entry in the log; its number opens it in full. */
export function auditColumns(t: Translate, zone: Zone, onOpen: (entry: AuditEntry) => void): Column<AuditEntry>[] {
  return [
    {
      id: "entry",
      head: t("audit.entry2"),
      name: null,
      cell: (entry) => (
        <button
          type="button"
          onClick={() => onOpen(entry)}
          className="min-h-6 font-medium tnum underline underline-offset-4"
        >
          <span className="sr-only">{t("audit.openEntry")} </span>
          {entry.id}
        </button>
      ),
    },
    {
      id: "time",
      head: t.rich("audit.time2", { span: () => <span suppressHydrationWarning>{zoneName(t, zone)}</span> }),
      name: t("audit.time"),
      from: "hidden sm:table-cell",
      cell: ({ at }) => <AuditTime at={at} zone={zone} />,
    },
    {
      id: "who",
      head: t("audit.who"),
      name: t("audit.who"),
      from: "hidden sm:table-cell",
      cell: ({ actor, actorName }) => (
        <span className="block max-w-44 truncate" title={actor}>
          {actorName}
        </span>
      ),
    },
    {
      id: "what",
      head: t("audit.what"),
      name: null,
      cellClassName: "whitespace-nowrap",
      cell: ({ action, actorName, at }) => (
        <>
          <span className="font-mono text-xs">{action}</span>
          <span className="block text-ink-3 text-xs sm:hidden">
            {actorName}, <AuditTime at={at} zone={zone} />
          </span>
        </>
      ),
    },
    {
      id: "whom",
      head: t("audit.whom"),
      name: t("audit.whom"),
      from: "hidden md:table-cell",
      cell: ({ target, targetName }) => (
        <span className="block max-w-64 truncate" title={target}>
          {targetName ?? target}
        </span>
      ),
    },
    {
      id: "reason",
      head: t("common.reason"),
      name: t("common.reason"),
      from: "hidden lg:table-cell",
      cell: ({ reason }) => <span className="block max-w-64 truncate text-ink-2">{reason ?? ""}</span>,
    },
  ];
}

type AuditTableProps = {
  rows: readonly AuditEntry[];
  columns: readonly Column<AuditEntry>[];
  /** Ids of the columns shown; null: as many as the screen is wide. */
  shownColumns: ReadonlySet<string> | null;
};

/** One line an entry. */
export function AuditTable({ rows, columns, shownColumns }: AuditTableProps) {
  const t = useTranslations();
  return (
    <DataTable
      label={t("audit.tableOfAuditEntries")}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => String(id)}
      chosen={shownColumns}
    />
  );
}

function AuditTime({ at, zone }: { at: string; zone: Zone }) {
  const t = useTranslations();
  return (
    <time dateTime={at} title={at} className="whitespace-nowrap tnum" suppressHydrationWarning>
      {formatAuditTime(t, at, zone)}
    </time>
  );
}
