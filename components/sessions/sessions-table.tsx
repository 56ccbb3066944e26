"use client";

import { ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { TimeText } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { AccessMark } from "@/components/ui/access-mark";
import { Badge } from "@/components/ui/badge";
import { type Column, DataTable } from "@/components/ui/data-table";
import { Link } from "@/components/ui/link";
import type { SessionRow } from "@/lib/contracts/portal";
import { formatBytes, formatDuration } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { PathBar } from "./path-bar";
import { endReasonText, protocolNames, sessionDurationMs, sumPathBytes, transportNames } from "./prepare-session";

type SessionColumnOptions = {
  /** Fewer columns, for the Overview. */
  isShort?: boolean;
  /** Frozen rows: durations of running sessions are to this moment. */
  asOf?: string | null;
};

/** What is told of a session in a list. */
export function sessionColumns(
  t: Translate,
  { isShort = false, asOf = null }: SessionColumnOptions = {},
): Column<SessionRow>[] {
  const middle = isShort ? "hidden 2xl:table-cell" : "hidden sm:table-cell";
  const wide = isShort ? "hidden" : "hidden min-[1360px]:table-cell";
  return [
    {
      id: "destination",
      head: t("sessions.destination"),
      name: null,
      cell: (row) => (
        <>
          <Link
            href={`/sessions/${row.key}`}
            title={row.destination}
            className="block max-w-40 truncate rounded py-0.5 font-medium underline-offset-4 hover:underline sm:max-w-52 2xl:max-w-96"
          >
            {row.destination}
          </Link>
          <span className="block truncate text-ink-3 text-xs sm:hidden">
            {row.deviceId} · {row.end === null ? t("sessions.running") : endReasonText(t, row.end.reason)}
          </span>
        </>
      ),
    },
    {
      id: "device",
      head: t("common.device"),
      name: t("common.device"),
      from: middle,
      cellClassName: "whitespace-nowrap",
      cell: ({ deviceId }) => <span className="block max-w-36 truncate">{deviceId}</span>,
    },
    {
      id: "protocol",
      head: t("sessions.protocol"),
      name: t("sessions.protocol"),
      from: wide,
      cellClassName: "whitespace-nowrap text-ink-2",
      cell: ({ protocol }) => protocolNames[protocol],
    },
    {
      id: "transport",
      head: t("sessions.transport"),
      name: t("sessions.transport"),
      from: "hidden md:table-cell",
      cell: ({ transport }) => (
        <Badge tone={transport === "tcp-fallback" ? "warn" : "neutral"}>{transportNames(t)[transport]}</Badge>
      ),
    },
    {
      id: "lte",
      head: <AccessHead tone="lte" name="LTE" />,
      name: "LTE",
      className: "text-right",
      cellClassName: "whitespace-nowrap tnum",
      cell: (row) => formatBytes(sumPathBytes(row).lte),
    },
    {
      id: "wifi",
      head: <AccessHead tone="wifi" name="WiFi" />,
      name: "WiFi",
      className: "text-right",
      cellClassName: "whitespace-nowrap tnum",
      cell: (row) => formatBytes(sumPathBytes(row).wifi),
    },
    {
      id: "shares",
      head: <span className="sr-only">{t("sessions.lteAndWifiShares")}</span>,
      name: t("sessions.lteAndWifiShares"),
      from: "hidden sm:table-cell",
      className: "w-24",
      cell: (row) => <PathBar bytes={sumPathBytes(row)} className="min-w-14" />,
    },
    {
      id: "started",
      head: t("common.started"),
      name: t("common.started"),
      from: wide,
      cellClassName: "whitespace-nowrap",
      cell: ({ startedAt }) => <TimeText at={startedAt} style="short" />,
    },
    {
      id: "duration",
      head: t("sessions.duration"),
      name: t("sessions.duration"),
      from: middle,
      className: "text-right",
      cellClassName: "whitespace-nowrap tnum",
      cell: (row) =>
        row.end === null && asOf === null ? (
          <RunningFor session={row} />
        ) : (
          formatDuration(sessionDurationMs(row, Date.parse(asOf ?? row.startedAt)))
        ),
    },
    {
      id: "state",
      head: t("common.state"),
      name: t("common.state"),
      from: "hidden sm:table-cell",
      cell: ({ end }) =>
        end === null ? (
          <Badge tone="good">{t("sessions.running2")}</Badge>
        ) : (
          <span title={endReasonText(t, end.reason)} className="block max-w-28 truncate text-ink-2 2xl:max-w-60">
            {endReasonText(t, end.reason)}
          </span>
        ),
    },
  ];
}

function AccessHead({ tone, name }: { tone: "lte" | "wifi"; name: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <AccessMark tone={tone} />
      {name}
    </span>
  );
}

function RunningFor({ session }: { session: SessionRow }) {
  const nowMs = useNow(1000) ?? Date.now();
  return formatDuration(sessionDurationMs(session, nowMs));
}

type SessionsTableProps = {
  rows: readonly SessionRow[];
  columns: readonly Column<SessionRow>[];
  /** Ids of the columns shown; null: as many as the screen is wide. */
  shownColumns?: ReadonlySet<string> | null;
  onOpen: (row: SessionRow) => void;
};

/** One line a session, with what each path carried. */
export function SessionsTable({ rows, columns, shownColumns = null, onOpen }: SessionsTableProps) {
  const t = useTranslations();
  const details: Column<SessionRow> = {
    id: "details",
    head: <span className="sr-only">{t("sessions.details")}</span>,
    name: null,
    className: "w-8",
    cell: (row) => (
      <button
        type="button"
        aria-label={t("sessions.detailsOf", { destination: row.destination })}
        onClick={() => onOpen(row)}
        className="flex size-7 items-center justify-center rounded-md text-ink-3 hover:bg-sunken hover:text-ink"
      >
        <ChevronRight size={16} aria-hidden />
      </button>
    ),
  };
  return (
    <DataTable
      label={t("sessions.tableOfSessions")}
      columns={[...columns, details]}
      rows={rows}
      keyOf={({ key }) => key}
      chosen={shownColumns}
    />
  );
}
