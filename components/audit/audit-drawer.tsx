"use client";

import { ArrowRight } from "lucide-react";
import { usePreferences } from "@/components/shell/preferences";
import { zoneName } from "@/components/time/format-time";
import { Dialog } from "@/components/ui/dialog";
import { Facts } from "@/components/ui/facts";
import type { AuditEntry } from "@/lib/contracts/audit";
import { formatAuditTime, prepareAuditDiff } from "./prepare-audit";

/** An entry in full: what was before and after, field by field. */
export function AuditDrawer({ entry, onClose }: { entry: AuditEntry | null; onClose: () => void }) {
  return (
    <Dialog isOpen={entry !== null} onClose={onClose} title={`Entry ${entry?.id ?? ""}`} place="right">
      {entry === null ? null : <EntryBody entry={entry} />}
    </Dialog>
  );
}

function EntryBody({ entry }: { entry: AuditEntry }) {
  const { zone } = usePreferences();
  const differences = prepareAuditDiff(entry.before, entry.after);
  return (
    <div className="flex flex-col gap-5 p-4">
      <Facts
        facts={[
          ["Time", `${formatAuditTime(entry.at, zone)} ${zoneName(zone)}`],
          ["Who", entry.actorName === entry.actor ? entry.actor : `${entry.actorName} (${entry.actor})`],
          ["What", entry.action],
          ["Whom", entry.targetName === null ? entry.target : `${entry.targetName} (${entry.target})`],
          ["Reason", entry.reason ?? "none given"],
        ]}
      />
      <section aria-label="Changes" className="flex flex-col gap-2">
        <h3 className="font-semibold text-base">Changes</h3>
        {differences.length === 0 ? <p className="text-ink-2 text-sm">This entry has no values.</p> : null}
        <dl className="flex flex-col gap-2 text-sm">
          {differences.map(({ field, before, after }) => (
            <div key={field}>
              <dt className="font-mono text-ink-3 text-xs">{field === "" ? "value" : field}</dt>
              <dd className="flex flex-wrap items-center gap-x-2">
                {before === null ? null : (
                  <span className="min-w-0 break-all text-ink-2 line-through decoration-ink-3">
                    <span className="sr-only">before </span>
                    {before}
                  </span>
                )}
                <ArrowRight size={12} aria-hidden className="shrink-0 text-ink-3" />
                {after === null ? (
                  <span className="text-ink-3">nothing</span>
                ) : (
                  <span className="min-w-0 break-all font-medium">
                    <span className="sr-only">after </span>
                    {after}
                  </span>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section aria-label="Hash" className="flex flex-col gap-1">
        <h3 className="font-semibold text-base">Hash</h3>
        <p className="break-all font-mono text-ink-2 text-xs">{entry.hash}</p>
      </section>
    </div>
  );
}
