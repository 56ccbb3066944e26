"use client";

import { useTranslations } from "next-intl";
import { timeTag } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { StaffSession } from "@/lib/contracts/staff";
import { prepareBrowser } from "./prepare-browser";

type SessionListProps = {
  sessions: readonly StaffSession[];
  isBusy: boolean;
  onRevoke: (session: StaffSession) => void;
};

/** Where an account is signed in, each with the button that ends it. */
export function SessionList({ sessions, isBusy, onRevoke }: SessionListProps) {
  const t = useTranslations();
  return (
    <ul className="flex flex-col">
      {sessions.map((session) => {
        const browser = prepareBrowser(t, session.browser);
        return (
          <li
            key={session.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b px-4 py-2.5 last:border-b-0"
          >
            <div className="min-w-0 grow basis-56">
              <p className="flex flex-wrap items-center gap-2 font-medium text-sm">
                <span className="min-w-0 truncate" title={session.browser}>
                  {browser}
                </span>
                {session.isCurrent ? <Badge tone="accent">{t("account.thisBrowser")}</Badge> : null}
              </p>
              <p className="text-ink-3 text-xs">
                {t.rich("account.signedInLastSeen", {
                  address: session.address === "" ? t("account.addressUnknown") : session.address,
                  time: timeTag(session.createdAt, "short"),
                  time2: timeTag(session.lastSeenAt, "short"),
                })}
              </p>
            </div>
            {session.isCurrent ? null : (
              <Button size="sm" variant="danger" disabled={isBusy} onClick={() => onRevoke(session)}>
                {t.rich("account.endTheSessionOf", {
                  browser,
                  span: (chunks) => <span className="sr-only">{chunks}</span>,
                })}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
