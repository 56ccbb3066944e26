"use client";

import { TimeText } from "@/components/time/time-text";
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
  return (
    <ul className="flex flex-col">
      {sessions.map((session) => {
        const browser = prepareBrowser(session.browser);
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
                {session.isCurrent ? <Badge tone="accent">This browser</Badge> : null}
              </p>
              <p className="text-ink-3 text-xs">
                {session.address === "" ? "address unknown" : session.address} · signed in{" "}
                <TimeText at={session.createdAt} style="short" /> · last seen{" "}
                <TimeText at={session.lastSeenAt} style="short" />
              </p>
            </div>
            {session.isCurrent ? null : (
              <Button size="sm" variant="danger" disabled={isBusy} onClick={() => onRevoke(session)}>
                End
                <span className="sr-only"> the session of {browser}</span>
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
