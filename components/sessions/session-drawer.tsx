"use client";

import { ChartSpline } from "lucide-react";
import Link from "next/link";
import { AccessMark, accessNames } from "@/components/ui/access-mark";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Facts } from "@/components/ui/facts";
import type { SessionRow } from "@/lib/contracts/portal";
import type { SubflowReport } from "@/lib/contracts/telemetry";
import { formatBytes } from "@/lib/shared/units";
import { BalanceTable } from "./balance-table";
import { PathBar } from "./path-bar";
import { prepareBalance } from "./prepare-balance";
import { describeShares, formatEnd, sumPathBytes } from "./prepare-session";
import { SessionFacts } from "./session-facts";

/** A session in full, path by path. */
export function SessionDrawer({ session, onClose }: { session: SessionRow | null; onClose: () => void }) {
  return (
    <Dialog isOpen={session !== null} onClose={onClose} title={session?.destination ?? "Session"} place="right">
      {session === null ? null : <SessionBody session={session} />}
    </Dialog>
  );
}

function SessionBody({ session }: { session: SessionRow }) {
  const bytes = sumPathBytes(session);
  return (
    <div className="flex flex-col gap-5 p-4">
      <div className="flex flex-col gap-2">
        <PathBar bytes={bytes} className="h-2.5" />
        <p className="text-ink-2 text-sm">{describeShares(bytes)} of all bytes, both directions</p>
        <Link href={`/sessions/${session.key}`} className={`${buttonClass()} mt-1 self-start`}>
          <ChartSpline size={14} aria-hidden />
          Open
          <span className="sr-only">the page of this session</span>
        </Link>
      </div>
      <section aria-label="Paths" className="flex flex-col gap-2">
        <h3 className="font-semibold text-base">Paths</h3>
        {session.subflows.length === 0 ? <p className="text-ink-2 text-sm">No path was reported.</p> : null}
        <ul className="flex flex-col gap-2">
          {session.subflows.map((path) => (
            <PathItem key={path.id} path={path} />
          ))}
        </ul>
      </section>
      <section aria-label="Byte balance" className="flex flex-col gap-2">
        <h3 className="font-semibold text-base">Byte balance</h3>
        <BalanceTable balance={prepareBalance(session)} />
      </section>
      <section aria-label="Facts" className="flex flex-col gap-2">
        <h3 className="font-semibold text-base">Session</h3>
        <SessionFacts session={session} />
      </section>
    </div>
  );
}

function PathItem({ path }: { path: SubflowReport }) {
  return (
    <li className="rounded-md border border-line p-3">
      <div className="flex items-center gap-2 pb-2">
        <AccessMark tone={path.access} />
        <span className="font-medium text-sm">{accessNames[path.access]}</span>
        <span className="grow" />
        {path.isBackup ? <Badge>Backup</Badge> : null}
        <Badge tone={path.isOpen ? "good" : "neutral"}>{path.isOpen ? "Open" : "Closed"}</Badge>
      </div>
      <Facts
        facts={[
          ["Download", formatBytes(path.downloadBytes)],
          ["Upload", formatBytes(path.uploadBytes)],
          ["RTT", `${path.rttMs.toFixed(1)} ms`],
          ["Retransmitted", `${path.retransSegments} segments`],
          ["UE", formatEnd(path.ueAddress)],
          ["Proxy", formatEnd(path.proxyAddress)],
        ]}
      />
    </li>
  );
}
