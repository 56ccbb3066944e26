"use client";

import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { usePreferences } from "@/components/shell/preferences";
import { type Zone, zoneName } from "@/components/time/format-time";
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
            <Th className="hidden sm:table-cell">
              {t.rich("audit.time2", { span: () => <span suppressHydrationWarning>{zoneName(t, zone)}</span> })}
            </Th>
            <Th className="hidden sm:table-cell">{t("audit.who")}</Th>
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
              <Td className="hidden sm:table-cell">
                <AuditTime at={entry.at} zone={zone} />
              </Td>
              <Td className="hidden sm:table-cell">
                <span className="block max-w-44 truncate" title={entry.actor}>
                  {entry.actorName}
                </span>
              </Td>
              <Td className="whitespace-nowrap">
                <span className="font-mono text-xs">{entry.action}</span>
                <span className="block text-ink-3 text-xs sm:hidden">
                  {entry.actorName}, <AuditTime at={entry.at} zone={zone} />
                </span>
              </Td>
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

function AuditTime({ at, zone }: { at: string; zone: Zone }) {
  const t = useTranslations();
  return (
    <time dateTime={at} title={at} className="whitespace-nowrap tnum" suppressHydrationWarning>
      {formatAuditTime(t, at, zone)}
    </time>
  );
}
