"use client";

import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { TimeText } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { AccessMark } from "@/components/ui/access-mark";
import { Badge } from "@/components/ui/badge";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { SessionRow } from "@/lib/contracts/portal";
import { formatBytes, formatDuration } from "@/lib/shared/units";
import { PathBar } from "./path-bar";
import { endReasonText, protocolNames, sessionDurationMs, sumPathBytes, transportNames } from "./prepare-session";

type SessionsTableProps = {
  rows: readonly SessionRow[];
  /** Fewer columns, for the Overview. */
  isShort?: boolean;
  /** Frozen rows: durations of running sessions are to this moment. */
  asOf?: string | null;
  onOpen: (row: SessionRow) => void;
};

/** One line a session, with what each path carried. */
export function SessionsTable({ rows, isShort = false, asOf = null, onOpen }: SessionsTableProps) {
  const t = useTranslations();
  const clockMs = useNow(1000) ?? Date.now();
  const nowMs = asOf === null ? clockMs : Date.parse(asOf);
  const middle = isShort ? "hidden 2xl:table-cell" : "hidden sm:table-cell";
  const wide = isShort ? "hidden" : "hidden min-[1360px]:table-cell";
  return (
    <Table label={t("sessions.tableOfSessions")}>
      <thead>
        <tr>
          <Th>{t("sessions.destination")}</Th>
          <Th className={middle}>{t("common.device")}</Th>
          <Th className={wide}>{t("sessions.protocol")}</Th>
          <Th className="hidden md:table-cell">{t("sessions.transport")}</Th>
          <Th className="text-right">
            <span className="inline-flex items-center gap-1.5">
              <AccessMark tone="lte" />
              LTE
            </span>
          </Th>
          <Th className="text-right">
            <span className="inline-flex items-center gap-1.5">
              <AccessMark tone="wifi" />
              WiFi
            </span>
          </Th>
          <Th className="hidden w-24 sm:table-cell">
            <span className="sr-only">{t("sessions.lteAndWifiShares")}</span>
          </Th>
          <Th className={wide}>{t("common.started")}</Th>
          <Th className={`text-right ${middle}`}>{t("sessions.duration")}</Th>
          <Th className="hidden sm:table-cell">{t("common.state")}</Th>
          <Th className="w-8">
            <span className="sr-only">{t("sessions.details")}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const bytes = sumPathBytes(row);
          return (
            <Tr key={row.key} className="hover:bg-sunken/60">
              <Td>
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
              </Td>
              <Td className={`whitespace-nowrap ${middle}`}>
                <span className="block max-w-36 truncate">{row.deviceId}</span>
              </Td>
              <Td className={`whitespace-nowrap text-ink-2 ${wide}`}>{protocolNames[row.protocol]}</Td>
              <Td className="hidden md:table-cell">
                <Badge tone={row.transport === "tcp-fallback" ? "warn" : "neutral"}>
                  {transportNames(t)[row.transport]}
                </Badge>
              </Td>
              <Td className="whitespace-nowrap text-right tnum">{formatBytes(bytes.lte)}</Td>
              <Td className="whitespace-nowrap text-right tnum">{formatBytes(bytes.wifi)}</Td>
              <Td className="hidden sm:table-cell">
                <PathBar bytes={bytes} className="min-w-14" />
              </Td>
              <Td className={wide}>
                <TimeText at={row.startedAt} style="short" />
              </Td>
              <Td className={`whitespace-nowrap text-right tnum ${middle}`}>
                {formatDuration(sessionDurationMs(row, nowMs))}
              </Td>
              <Td className="hidden sm:table-cell">
                {row.end === null ? (
                  <Badge tone="good">{t("sessions.running2")}</Badge>
                ) : (
                  <span
                    title={endReasonText(t, row.end.reason)}
                    className="block max-w-28 truncate text-ink-2 2xl:max-w-60"
                  >
                    {endReasonText(t, row.end.reason)}
                  </span>
                )}
              </Td>
              <Td>
                <button
                  type="button"
                  aria-label={t("sessions.detailsOf", { destination: row.destination })}
                  onClick={() => onOpen(row)}
                  className="flex size-7 items-center justify-center rounded-md text-ink-3 hover:bg-sunken hover:text-ink"
                >
                  <ChevronRight size={16} aria-hidden />
                </button>
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
