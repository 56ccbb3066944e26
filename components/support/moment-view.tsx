"use client";

import { ChevronLeft, ChevronRight, Copy } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { steeringNames } from "@/components/policy/prepare-class-facts";
import { PathEventList } from "@/components/sessions/path-event-list";
import { preparePathEvents } from "@/components/sessions/prepare-path-events";
import { SessionDrawer } from "@/components/sessions/session-drawer";
import { SessionsTable } from "@/components/sessions/sessions-table";
import { usePreferences } from "@/components/shell/preferences";
import { formatMsisdn } from "@/components/subscribers/prepare-subscriber";
import { zoneName } from "@/components/time/format-time";
import { TimeText } from "@/components/time/time-text";
import { shiftMoment } from "@/components/time/typed-moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { useNotify } from "@/components/ui/toast";
import type { AuditConcern, SupportMoment } from "@/lib/contracts/moment";
import type { SessionRow } from "@/lib/contracts/portal";
import { supportAddress } from "./support-address";

const nothing: ReadonlySet<string> = new Set();
const stepMinutes = 15;
const concernNames: Record<AuditConcern, string> = { subscriber: "Subscriber", class: "Class", policy: "Policy" };

type MomentViewProps = { moment: SupportMoment; isBusy: boolean; onMove: (at: string) => void };

/** How it was: paths, sessions, policy and what staff did, around one moment. */
export function MomentView({ moment, isBusy, onMove }: MomentViewProps) {
  const { at, from, to, subscriber, sessions, events } = moment;
  const { zone } = usePreferences();
  const notify = useNotify();
  const [opened, setOpened] = useState<SessionRow | null>(null);
  const later = shiftMoment(at, stepMinutes);
  const copy = async () => {
    await navigator.clipboard.writeText(`${window.location.origin}${supportAddress(subscriber.id, at)}`);
    notify({ title: "The link to this moment is copied" });
  };
  return (
    <>
      <section
        aria-label="Moment"
        className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-surface px-4 py-3"
      >
        <p role="status" className="min-w-0 grow font-semibold text-lg">
          {formatMsisdn(subscriber.msisdn)} at <TimeText at={at} /> {zoneName(zone)}
        </p>
        <div className="flex flex-wrap gap-2">
          <Button size="sm" disabled={isBusy} onClick={() => onMove(shiftMoment(at, -stepMinutes))}>
            <ChevronLeft size={14} aria-hidden />
            {stepMinutes} min earlier
          </Button>
          <Button size="sm" disabled={isBusy || Date.parse(later) > Date.now()} onClick={() => onMove(later)}>
            {stepMinutes} min later
            <ChevronRight size={14} aria-hidden />
          </Button>
          <Button size="sm" onClick={copy}>
            <Copy size={14} aria-hidden />
            Copy link
          </Button>
        </div>
      </section>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <Card
          title="Path timeline"
          note={
            <>
              <TimeText at={from} /> to <TimeText at={to} />, newest first
            </>
          }
          isFlush
        >
          {events.length === 0 ? (
            <EmptyState title="Nothing happened to a path">No join, stall or hand-over in this half hour.</EmptyState>
          ) : (
            <PathEventList events={preparePathEvents([...events].reverse())} chosen={nothing} />
          )}
        </Card>
        <PolicyThen policy={moment.policy} />
      </div>
      <Card title="Sessions then running" isFlush>
        {sessions.length === 0 ? (
          <EmptyState title="No session ran">
            Nothing of this subscriber went through the proxy at this moment.
          </EmptyState>
        ) : (
          <SessionsTable rows={sessions} onOpen={setOpened} asOf={at} />
        )}
      </Card>
      <AuditCard audit={moment.audit} />
      <SessionDrawer session={opened} onClose={() => setOpened(null)} />
    </>
  );
}

function PolicyThen({ policy }: { policy: SupportMoment["policy"] }) {
  if (policy === null)
    return (
      <Card title="Policy in force then">
        <p className="text-ink-2 text-sm">No policy was published yet.</p>
      </Card>
    );
  const { version, isTrial, serviceClass } = policy;
  const share = serviceClass?.steering === "lte-share" ? `, LTE at most ${serviceClass.lteSharePercent ?? 0} %` : "";
  return (
    <Card title="Policy in force then" actions={isTrial ? <Badge tone="warn">On trial</Badge> : null}>
      <Facts
        facts={[
          [
            "Version",
            <Link key="version" href={`/policy/versions/${version}`} className="underline underline-offset-4">
              Version {version}
            </Link>,
          ],
          ["Published", <TimeText key="published" at={policy.publishedAt} />],
          ["By", policy.publishedBy],
          ["Reason", policy.reason],
          [
            "Class",
            serviceClass === null
              ? "not in this version"
              : `${serviceClass.name}: ${steeringNames[serviceClass.steering]}${share}`,
          ],
        ]}
      />
    </Card>
  );
}

function AuditCard({ audit }: { audit: SupportMoment["audit"] }) {
  return (
    <Card
      title="What staff did"
      note="About this subscriber, its class and published policies, two hours to either side, newest first"
      isFlush
    >
      {audit.length === 0 ? (
        <EmptyState title="Nothing was changed">No entry of the audit log is about this subscriber.</EmptyState>
      ) : (
        <Table label="Table of audit entries">
          <thead>
            <tr>
              <Th>Time</Th>
              <Th>About</Th>
              <Th>Action</Th>
              <Th className="hidden sm:table-cell">By</Th>
              <Th className="hidden md:table-cell">Reason</Th>
            </tr>
          </thead>
          <tbody>
            {audit.map((entry) => (
              <Tr key={entry.id}>
                <Td>
                  <TimeText at={entry.at} />
                </Td>
                <Td>{concernNames[entry.concern]}</Td>
                <Td className="font-mono text-xs">{entry.action}</Td>
                <Td className="hidden sm:table-cell">{entry.actor}</Td>
                <Td className="hidden text-ink-2 md:table-cell">{entry.reason ?? "–"}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
