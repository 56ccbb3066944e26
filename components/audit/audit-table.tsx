"use client";

import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { usePreferences } from "@/components/shell/preferences";
import { zoneName } from "@/components/time/format-time";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { AuditEntry } from "@/lib/contracts/audit";
import { AuditDrawer } from "./audit-drawer";
import { formatAuditTime } from "./prepare-audit";

/** One line an entry; its number opens it in full. */
export function AuditTable({ rows }: { rows: readonly AuditEntry[] }) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const [opened, setOpened] = useState<AuditEntry | null>(null);
  const close = useCallback(() => setOpened(null), []);
  return (
    <>
      <Table label={t("audit.tableOfAuditEntries")}>
        <thead>
          <tr>
            <Th>{t("audit.entry2")}</Th>
            <Th>{t.rich("audit.time2", { span: () => <span suppressHydrationWarning>{zoneName(t, zone)}</span> })}</Th>
            <Th>{t("audit.who")}</Th>
            <Th>{t("audit.what")}</Th>
            <Th className="hidden md:table-cell">{t("audit.whom")}</Th>
            <Th className="hidden lg:table-cell">{t("common.reason")}</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((entry) => (
            <Tr key={entry.id} className="hover:bg-sunken/60">
              <Td>
                <button
                  type="button"
                  onClick={() => setOpened(entry)}
                  className="min-h-6 font-medium tnum underline underline-offset-4"
                >
                  <span className="sr-only">{t("audit.openEntry")} </span>
                  {entry.id}
                </button>
              </Td>
              <Td>
                <time dateTime={entry.at} title={entry.at} className="whitespace-nowrap tnum" suppressHydrationWarning>
                  {formatAuditTime(t, entry.at, zone)}
                </time>
              </Td>
              <Td>
                <span className="block max-w-44 truncate" title={entry.actor}>
                  {entry.actorName}
                </span>
              </Td>
              <Td className="whitespace-nowrap font-mono text-xs">{entry.action}</Td>
              <Td className="hidden md:table-cell">
                <span className="block max-w-64 truncate" title={entry.target}>
                  {entry.targetName ?? entry.target}
                </span>
              </Td>
              <Td className="hidden lg:table-cell">
                <span className="block max-w-64 truncate text-ink-2">{entry.reason ?? ""}</span>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <AuditDrawer entry={opened} onClose={close} />
    </>
  );
}
