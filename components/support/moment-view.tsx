"use client";

import { ChevronLeft, ChevronRight, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { steeringNames } from "@/components/policy/prepare-class-facts";
import { PathEventList } from "@/components/sessions/path-event-list";
import { preparePathEvents } from "@/components/sessions/prepare-path-events";
import { SessionDrawer } from "@/components/sessions/session-drawer";
import { SessionsTable, sessionColumns } from "@/components/sessions/sessions-table";
import { usePreferences } from "@/components/shell/preferences";
import { formatMsisdn } from "@/components/subscribers/prepare-subscriber";
import { zoneName } from "@/components/time/format-time";
import { TimeText, timeTag } from "@/components/time/time-text";
import { shiftMoment } from "@/components/time/typed-moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { copyText } from "@/components/ui/copy-text";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { Link } from "@/components/ui/link";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { useNotify } from "@/components/ui/toast";
import type { AuditConcern, SupportMoment } from "@/lib/contracts/moment";
import type { SessionRow } from "@/lib/contracts/portal";
import type { Translate } from "@/lib/words/translate";
import { supportAddress } from "./support-address";

const nothing: ReadonlySet<string> = new Set();
const stepMinutes = 15;
const concernNames = (t: Translate): Record<AuditConcern, string> => ({
  subscriber: t("common.subscriber"),
  class: t("support.class2"),
  policy: t("support.policy"),
});

type MomentViewProps = { moment: SupportMoment; isBusy: boolean; onMove: (at: string) => void };

/** How it was: paths, sessions, policy and what staff did, around one moment. */
export function MomentView({ moment, isBusy, onMove }: MomentViewProps) {
  const t = useTranslations();
  const { at, from, to, subscriber, sessions, events } = moment;
  const { zone } = usePreferences();
  const notify = useNotify();
  const [opened, setOpened] = useState<SessionRow | null>(null);
  const later = shiftMoment(at, stepMinutes);
  const copy = async () => {
    const isCopied = await copyText(`${window.location.origin}${supportAddress(subscriber.id, at)}`);
    notify(isCopied ? { title: t("support.theLinkToThisMomentIs") } : { tone: "bad", title: t("common.notCopied") });
  };
  return (
    <>
      <section
        aria-label={t("support.moment")}
        className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-surface px-4 py-3"
      >
        <p role="status" className="min-w-0 grow font-semibold text-lg">
          {t.rich("support.at", {
            msisdn: formatMsisdn(subscriber.msisdn),
            time: timeTag(at),
            zoneName: zoneName(t, zone),
          })}
        </p>
        <div className="flex flex-wrap gap-2">
          <Button size="sm" disabled={isBusy} onClick={() => onMove(shiftMoment(at, -stepMinutes))}>
            <ChevronLeft size={14} aria-hidden />
            {t("support.minEarlier", { stepMinutes: String(stepMinutes) })}
          </Button>
          <Button size="sm" disabled={isBusy || Date.parse(later) > Date.now()} onClick={() => onMove(later)}>
            {t("support.minLater", { stepMinutes: String(stepMinutes) })}
            <ChevronRight size={14} aria-hidden />
          </Button>
          <Button size="sm" onClick={copy}>
            <Copy size={14} aria-hidden />
            {t("common.copyLink")}
          </Button>
        </div>
      </section>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <Card
          title={t("support.pathTimeline")}
          note={t.rich("support.toNewestFirst", {
            time: timeTag(from),
            time2: timeTag(to),
          })}
          isFlush
        >
          {events.length === 0 ? (
            <EmptyState title={t("support.nothingHappenedToAPath")}>{t("support.noJoinStallOrHandOver")}</EmptyState>
          ) : (
            <PathEventList events={preparePathEvents(t, [...events].reverse())} chosen={nothing} />
          )}
        </Card>
        <PolicyThen policy={moment.policy} />
      </div>
      <Card title={t("support.sessionsThenRunning")} isFlush>
        {sessions.length === 0 ? (
          <EmptyState title={t("support.noSessionRan")}>{t("support.nothingOfThisSubscriberWentThrough")}</EmptyState>
        ) : (
          <SessionsTable rows={sessions} columns={sessionColumns(t, { asOf: at })} onOpen={setOpened} />
        )}
      </Card>
      <AuditCard audit={moment.audit} />
      <SessionDrawer session={opened} onClose={() => setOpened(null)} />
    </>
  );
}

function PolicyThen({ policy }: { policy: SupportMoment["policy"] }) {
  const t = useTranslations();
  if (policy === null)
    return (
      <Card title={t("support.policyInForceThen")}>
        <p className="text-ink-2 text-sm">{t("support.noPolicyWasPublishedYet")}</p>
      </Card>
    );
  const { version, isTrial, serviceClass } = policy;
  const share =
    serviceClass?.steering === "lte-share"
      ? t("support.lteAtMost", { lteSharePercent: String(serviceClass.lteSharePercent ?? 0) })
      : "";
  return (
    <Card
      title={t("support.policyInForceThen")}
      actions={isTrial ? <Badge tone="warn">{t("support.onTrial")}</Badge> : null}
    >
      <Facts
        facts={[
          [
            t("support.version"),
            <Link key="version" href={`/policy/versions/${version}`} className="underline underline-offset-4">
              {t("support.versionVersion", { version: String(version) })}
            </Link>,
          ],
          [t("support.published"), <TimeText key="published" at={policy.publishedAt} />],
          [t("support.by"), policy.publishedBy],
          [t("common.reason"), policy.reason],
          [
            t("support.class2"),
            serviceClass === null
              ? t("support.notInThisVersion")
              : `${serviceClass.name}: ${steeringNames(t)[serviceClass.steering]}${share}`,
          ],
        ]}
      />
    </Card>
  );
}

function AuditCard({ audit }: { audit: SupportMoment["audit"] }) {
  const t = useTranslations();
  return (
    <Card title={t("support.whatStaffDid")} note={t("support.aboutThisSubscriberItsClassAnd")} isFlush>
      {audit.length === 0 ? (
        <EmptyState title={t("support.nothingWasChanged")}>{t("support.noEntryOfTheAuditLog")}</EmptyState>
      ) : (
        <Table label={t("support.tableOfAuditEntries")}>
          <thead>
            <tr>
              <Th>{t("support.time")}</Th>
              <Th>{t("support.about")}</Th>
              <Th>{t("support.action")}</Th>
              <Th className="hidden sm:table-cell">{t("support.doneBy")}</Th>
              <Th className="hidden md:table-cell">{t("common.reason")}</Th>
            </tr>
          </thead>
          <tbody>
            {audit.map((entry) => (
              <Tr key={entry.id}>
                <Td>
                  <TimeText at={entry.at} />
                </Td>
                <Td>{concernNames(t)[entry.concern]}</Td>
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
