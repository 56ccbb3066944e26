"use client";

import { ChartSpline } from "lucide-react";
import { useTranslations } from "next-intl";
import { AccessMark, accessNames } from "@/components/ui/access-mark";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Facts } from "@/components/ui/facts";
import { Link } from "@/components/ui/link";
import type { SessionRow } from "@/lib/contracts/portal";
import type { SubflowReport } from "@/lib/contracts/telemetry";
import { formatBytes } from "@/lib/shared/units";
import { BalanceTable } from "./balance-table";
import { PathBar } from "./path-bar";
import { describeShares, formatEnd, sumPathBytes } from "./prepare-session";
import { SessionFacts } from "./session-facts";

/** A session in full, path by path. */
export function SessionDrawer({ session, onClose }: { session: SessionRow | null; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog
      isOpen={session !== null}
      onClose={onClose}
      title={session?.destination ?? t("sessions.session")}
      place="right"
    >
      {session === null ? null : <SessionBody session={session} />}
    </Dialog>
  );
}

function SessionBody({ session }: { session: SessionRow }) {
  const t = useTranslations();
  const bytes = sumPathBytes(session);
  return (
    <div className="flex flex-col gap-5 p-4">
      <div className="flex flex-col gap-2">
        <PathBar bytes={bytes} className="h-2.5" />
        <p className="text-ink-2 text-sm">
          {t("sessions.ofAllBytesBothDirections", { shares: describeShares(t, bytes) })}
        </p>
        <Link href={`/sessions/${session.key}`} className={`${buttonClass()} mt-1 self-start`}>
          <ChartSpline size={14} aria-hidden />
          {t.rich("sessions.openThePageOfThisSession", { span: (chunks) => <span className="sr-only">{chunks}</span> })}
        </Link>
      </div>
      <section aria-label={t("sessions.paths")} className="flex flex-col gap-2">
        <h3 className="font-semibold text-base">{t("sessions.paths")}</h3>
        {session.subflows.length === 0 ? <p className="text-ink-2 text-sm">{t("sessions.noPathWasReported")}</p> : null}
        <ul className="flex flex-col gap-2">
          {session.subflows.map((path) => (
            <PathItem key={path.id} path={path} />
          ))}
        </ul>
      </section>
      <section aria-label={t("sessions.byteBalance")} className="flex flex-col gap-2">
        <h3 className="font-semibold text-base">{t("sessions.byteBalance")}</h3>
        <BalanceTable session={session} />
      </section>
      <section aria-label={t("sessions.facts")} className="flex flex-col gap-2">
        <h3 className="font-semibold text-base">{t("sessions.session")}</h3>
        <SessionFacts session={session} />
      </section>
    </div>
  );
}

function PathItem({ path }: { path: SubflowReport }) {
  const t = useTranslations();
  return (
    <li className="rounded-md border border-line p-3">
      <div className="flex items-center gap-2 pb-2">
        <AccessMark tone={path.access} />
        <span className="font-medium text-sm">{accessNames(t)[path.access]}</span>
        <span className="grow" />
        {path.isBackup ? <Badge>{t("sessions.backup")}</Badge> : null}
        <Badge tone={path.isOpen ? "good" : "neutral"}>
          {path.isOpen ? t("sessions.open") : t("sessions.closed2")}
        </Badge>
      </div>
      <Facts
        facts={[
          [t("common.download"), formatBytes(path.downloadBytes)],
          [t("common.upload"), formatBytes(path.uploadBytes)],
          ["RTT", `${path.rttMs.toFixed(1)} ms`],
          [t("sessions.retransmitted"), t("sessions.segments", { retransSegments: String(path.retransSegments) })],
          ["UE", formatEnd(path.ueAddress)],
          [t("sessions.proxy"), formatEnd(path.proxyAddress)],
        ]}
      />
    </li>
  );
}
