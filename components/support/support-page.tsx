"use client";

import { useMutation } from "@tanstack/react-query";
import { Copy, Headset, RotateCw } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { ApiProblem, fetchJson } from "@/components/api/fetch-json";
import { PathEventList } from "@/components/sessions/path-event-list";
import { preparePathEvents } from "@/components/sessions/prepare-path-events";
import { SessionDrawer } from "@/components/sessions/session-drawer";
import { SessionsTable } from "@/components/sessions/sessions-table";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { subscriberReaders } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { formatMsisdn } from "@/components/subscribers/prepare-subscriber";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Facts } from "@/components/ui/facts";
import { Skeleton } from "@/components/ui/skeleton";
import { useNotify } from "@/components/ui/toast";
import type { SessionRow } from "@/lib/contracts/portal";
import { type SupportCase, type SupportLookUp, supportCaseSchema } from "@/lib/contracts/support";
import { errorMessage } from "@/lib/shared/errors";
import { formatBytes } from "@/lib/shared/units";
import { AccessTile } from "./access-tile";
import { LookUpForm } from "./look-up-form";
import { prepareTicket } from "./prepare-ticket";
import { VerdictCard } from "./verdict-card";

/** "Why is this customer slow?": one page from the number to the answer. */
export function SupportPage({ identifier }: { identifier: string }) {
  return useMay(subscriberReaders) ? <LookUpPage identifier={identifier} /> : <PageRefused roles={subscriberReaders} />;
}

function LookUpPage({ identifier }: { identifier: string }) {
  /** Stays while the same is asked again. */
  const [shown, setShown] = useState<{ found: SupportCase; asked: SupportLookUp } | null>(null);
  const lookUp = useMutation({
    mutationFn: (body: SupportLookUp) => fetchJson(supportCaseSchema, "/api/support/look-up", { method: "POST", body }),
    onMutate: ({ identifier: next }) => setShown((before) => (before?.asked.identifier === next ? before : null)),
    onSuccess: (found, asked) => setShown({ found, asked }),
    onError: () => setShown(null),
  });
  const { error, variables } = lookUp;
  const isUnknown = error instanceof ApiProblem && error.code === "SUBSCRIBER_UNKNOWN";
  return (
    <Page>
      <PageHeader title="Look-up" />
      <LookUpForm
        identifier={identifier}
        isBusy={lookUp.isPending}
        refused={error instanceof ApiProblem ? error.fields : {}}
        onLookUp={(request) => lookUp.mutate(request)}
      />
      {lookUp.isPending && shown === null ? <Skeleton className="h-64" /> : null}
      {isUnknown ? (
        <Card>
          <EmptyState icon={<Headset size={20} aria-hidden />} title="Nobody found">
            {errorMessage(error)}
          </EmptyState>
        </Card>
      ) : null}
      {lookUp.isError && !isUnknown ? (
        <ErrorState
          title="The look-up failed"
          detail={errorMessage(error)}
          onRetry={() => variables !== undefined && lookUp.mutate(variables)}
        />
      ) : null}
      {lookUp.isIdle ? (
        <Card>
          <EmptyState icon={<Headset size={20} aria-hidden />} title="Who is calling?">
            Any way to write the number will do. The look-up is kept in the audit log with its purpose.
          </EmptyState>
        </Card>
      ) : null}
      {shown === null ? null : (
        <Found {...shown} isBusy={lookUp.isPending} onAgain={() => lookUp.mutate(shown.asked)} />
      )}
    </Page>
  );
}

type FoundProps = { found: SupportCase; asked: SupportLookUp; isBusy: boolean; onAgain: () => void };

function Found({ found, asked, isBusy, onAgain }: FoundProps) {
  const notify = useNotify();
  const [opened, setOpened] = useState<SessionRow | null>(null);
  const { verdict, accesses, sessions, events } = found;
  const copy = async () => {
    await navigator.clipboard.writeText(prepareTicket(found, asked.purpose));
    notify({ title: "The look-up is copied for the ticket" });
  };
  return (
    <>
      <VerdictCard
        verdict={verdict}
        actions={
          <>
            <Button size="sm" onClick={copy}>
              <Copy size={14} aria-hidden />
              Copy for ticket
            </Button>
            <Button size="sm" onClick={onAgain} disabled={isBusy}>
              <RotateCw size={14} aria-hidden />
              Look again
            </Button>
          </>
        }
      />
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <SubscriberCard found={found} />
        {accesses.map((use) => (
          <AccessTile key={use.access} use={use} />
        ))}
      </div>
      <Card title="Path timeline" note="Of the newest sessions, newest first" isFlush>
        {events.length === 0 ? (
          <EmptyState title="Nothing happened to a path">
            Joins, stalls, hand-overs and changes of steering are listed here.
          </EmptyState>
        ) : (
          <PathEventList events={preparePathEvents([...events].reverse())} chosen={nothing} />
        )}
      </Card>
      <Card title="Sessions" note="The newest 25" isFlush>
        {sessions.length === 0 ? (
          <EmptyState title="No session yet">White-listed traffic of this subscriber shows here.</EmptyState>
        ) : (
          <SessionsTable rows={sessions} onOpen={setOpened} />
        )}
      </Card>
      <SessionDrawer session={opened} onClose={() => setOpened(null)} />
    </>
  );
}

const nothing: ReadonlySet<string> = new Set();

function SubscriberCard({ found }: { found: SupportCase }) {
  const { subscriber, devices, destination, sessions, readAt } = found;
  const { serviceClass, isQuotaReached, subscribedClassId } = subscriber;
  const lists = [...new Set(sessions.map(({ whiteListName }) => whiteListName).filter((name) => name !== null))];
  return (
    <Card
      title={
        <Link href={`/subscribers/${subscriber.id}`} className="underline-offset-4 hover:underline">
          {formatMsisdn(subscriber.msisdn)}
        </Link>
      }
      actions={
        <Badge tone={subscriber.state === "active" ? "good" : "bad"}>
          {subscriber.state === "active" ? "Active" : "Suspended"}
        </Badge>
      }
      className="md:max-xl:col-span-2"
    >
      <Facts
        facts={[
          [
            "Class",
            isQuotaReached ? `${serviceClass?.name ?? "?"} (quota used up)` : (serviceClass?.name ?? subscribedClassId),
          ],
          ["LTE this month", formatBytes(subscriber.lteBytesThisMonth)],
          ["White-lists used", lists.length === 0 ? "none lately" : lists.join(", ")],
          ...(destination === null ? [] : [["Service", destination.sentence] as const]),
          ["IMSI", subscriber.imsi ?? "not known"],
          [
            devices.length === 1 ? "Device" : "Devices",
            devices.length === 0 ? (
              "none enrolled"
            ) : (
              <ul key="devices">
                {devices.map(({ id, name, lastSeenAt, isRevoked }) => (
                  <li key={id}>
                    {name === "" ? id : name}
                    <span className="text-ink-3">
                      {isRevoked ? " · revoked" : lastSeenAt === null ? " · never seen" : " · seen "}
                    </span>
                    {isRevoked || lastSeenAt === null ? null : <TimeText at={lastSeenAt} style="short" />}
                  </li>
                ))}
              </ul>
            ),
          ],
          ["Read", <TimeText key="read" at={readAt} />],
        ]}
      />
    </Card>
  );
}
