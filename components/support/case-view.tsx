"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { PathEventList } from "@/components/sessions/path-event-list";
import { preparePathEvents } from "@/components/sessions/prepare-path-events";
import { SessionDrawer } from "@/components/sessions/session-drawer";
import { SessionsTable, sessionColumns } from "@/components/sessions/sessions-table";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import type { SessionRow } from "@/lib/contracts/portal";
import type { SupportCase } from "@/lib/contracts/support";
import { AccessTile } from "./access-tile";
import { SubscriberCard } from "./subscriber-card";

const nothing: ReadonlySet<string> = new Set();

/** What a verdict rests on: the subscriber, each access, what happened to paths, and the sessions. */
export function CaseView({ found, isFrozen = false }: { found: SupportCase; isFrozen?: boolean }) {
  const t = useTranslations();
  const [opened, setOpened] = useState<SessionRow | null>(null);
  const { accesses, sessions, events } = found;
  return (
    <>
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <SubscriberCard found={found} />
        {accesses.map((use) => (
          <AccessTile key={use.access} use={use} />
        ))}
      </div>
      <Card title={t("support.pathTimeline")} note={t("support.ofTheNewestSessionsNewestFirst")} isFlush>
        {events.length === 0 ? (
          <EmptyState title={t("support.nothingHappenedToAPath")}>
            {t("support.joinsStallsHandOversAndChanges")}
          </EmptyState>
        ) : (
          <PathEventList events={preparePathEvents(t, [...events].reverse())} chosen={nothing} />
        )}
      </Card>
      <Card title={t("support.sessions")} note={t("support.theNewest25")} isFlush>
        {sessions.length === 0 ? (
          <EmptyState title={t("support.noSessionYet")}>{t("support.whiteListedTrafficOfThisSubscriber")}</EmptyState>
        ) : (
          <SessionsTable
            rows={sessions}
            columns={sessionColumns(t, { asOf: isFrozen ? found.readAt : null })}
            onOpen={setOpened}
          />
        )}
      </Card>
      <SessionDrawer session={opened} onClose={() => setOpened(null)} />
    </>
  );
}
