"use client";

import { ArrowRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { usePreferences } from "@/components/shell/preferences";
import { zoneName } from "@/components/time/format-time";
import { Dialog } from "@/components/ui/dialog";
import { Facts } from "@/components/ui/facts";
import type { AuditEntry } from "@/lib/contracts/audit";
import { formatAuditTime, prepareAuditDiff } from "./prepare-audit";

/** An entry in full: what was before and after, field by field. */
export function AuditDrawer({ entry, onClose }: { entry: AuditEntry | null; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog
      isOpen={entry !== null}
      onClose={onClose}
      title={t("audit.entry", { id: String(entry?.id ?? "") })}
      place="right"
    >
      {entry === null ? null : <EntryBody entry={entry} />}
    </Dialog>
  );
}

function EntryBody({ entry }: { entry: AuditEntry }) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const differences = prepareAuditDiff(entry.before, entry.after);
  return (
    <div className="flex flex-col gap-5 p-4">
      <Facts
        facts={[
          [t("audit.time"), `${formatAuditTime(t, entry.at, zone)} ${zoneName(t, zone)}`],
          [t("audit.who"), entry.actorName === entry.actor ? entry.actor : `${entry.actorName} (${entry.actor})`],
          [t("audit.what"), entry.action],
          [t("audit.whom"), entry.targetName === null ? entry.target : `${entry.targetName} (${entry.target})`],
          [t("common.reason"), entry.reason ?? t("audit.noneGiven")],
        ]}
      />
      <section aria-label={t("audit.changes")} className="flex flex-col gap-2">
        <h3 className="font-semibold text-base">{t("audit.changes")}</h3>
        {differences.length === 0 ? <p className="text-ink-2 text-sm">{t("audit.thisEntryHasNoValues")}</p> : null}
        <dl className="flex flex-col gap-2 text-sm">
          {differences.map(({ field, before, after }) => (
            <div key={field}>
              <dt className="font-mono text-ink-3 text-xs">{field === "" ? t("audit.value") : field}</dt>
              <dd className="flex flex-wrap items-center gap-x-2">
                {before === null ? null : (
                  <span className="min-w-0 break-all text-ink-2 line-through decoration-ink-3">
                    <span className="sr-only">{t("audit.before")} </span>
                    {before}
                  </span>
                )}
                <ArrowRight size={12} aria-hidden className="shrink-0 text-ink-3" />
                {after === null ? (
                  <span className="text-ink-3">{t("audit.nothing")}</span>
                ) : (
                  <span className="min-w-0 break-all font-medium">
                    <span className="sr-only">{t("audit.after")} </span>
                    {after}
                  </span>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section aria-label={t("audit.hash")} className="flex flex-col gap-1">
        <h3 className="font-semibold text-base">{t("audit.hash")}</h3>
        <p className="break-all font-mono text-ink-2 text-xs">{entry.hash}</p>
      </section>
    </div>
  );
}
