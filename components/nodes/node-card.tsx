"use client";

import { Check, X } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { formatAgo } from "@/components/time/format-time";
import { TimeText, untilTag } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { Note } from "@/components/ui/note";
import type { TestbedStatus } from "@/lib/contracts/demo";
import type { LiveNode } from "@/lib/contracts/live";
import type { NodeOrderNote, ShownNodeOrder } from "@/lib/contracts/nodes";
import type { NodeStatus } from "@/lib/contracts/telemetry";
import type { Translate } from "@/lib/words/translate";
import { NodeActions } from "./node-actions";
import { NodeHealth, NodeTransport, nodeKindNames } from "./node-health";
import { type Feature, isOrderTaken, nodeFeatures, nodeState, sessionsText } from "./prepare-node";
import { waitingSettings } from "./prepare-node-settings";

/** One node: its state, what it runs, what it was told to do, and the orders that it takes. */
export function NodeCard({ node, testbed }: { node: LiveNode; testbed: TestbedStatus | null }) {
  const t = useTranslations();
  const nowMs = useNow(1000);
  const { status } = node;
  const seen =
    node.lastSeenAt === null ? t("common.never") : nowMs === null ? "" : formatAgo(t, node.lastSeenAt, nowMs);
  const facts: [string, ReactNode][] = [[t("common.lastSeen"), seen]];
  if (node.starts > 0) facts.push([t("nodes.startsSeen"), String(node.starts)]);
  if (node.order !== null) facts.push(...profileFacts(t, node.order));
  if (status !== null) facts.push(...statusFacts(t, status, node.retiring));
  if (testbed !== null) facts.push(...testbedFacts(t, testbed));
  return (
    <Card
      title={<span translate="no">{node.name}</span>}
      note={nodeKindNames(t)[node.kind]}
      actions={
        <>
          {node.kind === "proxy" ? <NodeTransport node={node} /> : null}
          <NodeHealth node={node} />
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {node.order === null ? null : <NodeActions node={node} />}
        <OrderNotes node={node} />
        {node.health === "down" && status !== null ? (
          <p className="text-ink-2 text-sm">{t("nodes.itDoesNotReportTheFigures")}</p>
        ) : null}
        <Facts facts={facts} />
        {node.kind === "proxy" && status !== null ? <Features features={nodeFeatures(t, node)} /> : null}
      </div>
    </Card>
  );
}

/** What was ordered and is not as it always is: by whom, when and why; and how it goes. */
function OrderNotes({ node }: { node: LiveNode }) {
  const t = useTranslations();
  const { order, status, retiring } = node;
  if (order === null) return null;
  const waiting = waitingSettings(t, node);
  const failure = status?.order.failure ?? null;
  return (
    <>
      {order.isDraining && order.drainNote !== null ? (
        <Note tone="warn">
          {status?.state === "draining" ? t("nodes.takesNoNewSessions") : t("nodes.toldToTakeNoNewSessions")}:{" "}
          <NoteText note={order.drainNote} />
        </Note>
      ) : null}
      {nodeState(node) === "restarting" && order.restartNote !== null ? (
        <Note>
          {t("nodes.aNewProcessStarts")} <NoteText note={order.restartNote} />
        </Note>
      ) : null}
      {retiring.map((process) => (
        <Note key={process.startedAt}>
          <RetiringText process={process} />
        </Note>
      ))}
      {failure === null ? null : <Note tone="warn">{t("nodes.notDoneAsOrdered", { failure })}</Note>}
      {failure === null && waiting.length > 0 ? (
        <Note>
          {t("nodes.savedAndInForce", {
            state: isOrderTaken(node) ? t("nodes.afterARestart") : t("nodes.onceTheNodeTakesIt"),
            waiting: waiting.join(", "),
          })}
        </Note>
      ) : null}
    </>
  );
}

function RetiringText({ process: { sessions, endsBy } }: { process: LiveNode["retiring"][number] }) {
  const t = useTranslations();
  const shown = sessionsText(t, sessions);
  return endsBy === null
    ? t("nodes.theProcessBeforeServes", { sessions: shown })
    : t.rich("nodes.theProcessBeforeServesUntil", { sessions: shown, time: untilTag(endsBy) });
}

function NoteText({ note: { by, at, reason } }: { note: NodeOrderNote }) {
  return (
    <>
      {by}, <TimeText at={at} />, “{reason}”
    </>
  );
}

function Features({ features }: { features: readonly Feature[] }) {
  const t = useTranslations();
  return (
    <ul aria-label={t("nodes.kernelFeatures")} className="flex flex-col gap-1 border-line border-t pt-3 text-sm">
      {features.map(({ name, isThere, reason }) => (
        <li key={name} className="flex items-start gap-2">
          {isThere ? (
            <Check size={14} aria-hidden className="mt-0.75 shrink-0 text-good" />
          ) : (
            <X size={14} aria-hidden className="mt-0.75 shrink-0 text-warn" />
          )}
          <span className="min-w-0 break-words">
            {name}
            {isThere ? (
              <span className="text-ink-3"> {t("nodes.inUse")}</span>
            ) : (
              <span className="sr-only">{t("nodes.notInUse")}</span>
            )}
            {reason === null ? null : <span className="block text-ink-2">{reason}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function profileFacts(
  t: Translate,
  { profile: { region, address }, credentialChangedAt }: ShownNodeOrder,
): [string, ReactNode][] {
  return [
    ...(region === null ? [] : ([[t("nodes.region"), region]] as [string, ReactNode][])),
    ...(address === null ? [] : ([[t("nodes.addressForDevices"), address]] as [string, ReactNode][])),
    ...(credentialChangedAt === null
      ? []
      : ([[t("nodes.credentialSince"), <TimeText key="credential" at={credentialChangedAt} />]] as [
          string,
          ReactNode,
        ][])),
  ];
}

function statusFacts(t: Translate, status: NodeStatus, retiring: readonly NodeStatus[]): [string, ReactNode][] {
  const { settings } = status;
  const sum = (pick: (process: NodeStatus) => number): string =>
    t("common.number", { value: [status, ...retiring].reduce((total, process) => total + pick(process), 0) });
  const most =
    settings === null ? "" : t("nodes.connectionsAtMostMaxConnections", { maxConnections: settings.maxConnections });
  return [
    [t("nodes.runningSince"), <TimeText key="since" at={status.startedAt} />],
    [t("nodes.version"), status.version],
    [
      t("nodes.policyVersion"),
      `${status.policyVersion}${status.canaryVersion === null ? "" : t("nodes.onTrial", { canaryVersion: String(status.canaryVersion) })}`,
    ],
    [t("nodes.listensOn"), `${status.listen.address}:${status.listen.port}`],
    [
      t("nodes.sessions2"),
      t("nodes.runningOnMptcp", {
        sum: sum(({ sessions }) => sessions),
        sum2: sum(({ mptcpSessions }) => mptcpSessions),
        most,
      }),
    ],
    [t("nodes.accepted"), t("common.number", { value: status.acceptedTotal })],
    [t("nodes.refused"), t("common.number", { value: status.refusedTotal })],
    [t("nodes.wrongCredentials"), t("common.number", { value: status.authFailuresTotal })],
    ...(settings === null ? [] : ([[t("nodes.relayThreads"), String(settings.threads)]] as [string, ReactNode][])),
    ...(status.kernel === "" ? [] : ([[t("nodes.kernel"), status.kernel]] as [string, ReactNode][])),
  ];
}

const testbedStateNames = (t: Translate): Record<TestbedStatus["state"], string> => ({
  starting: t("nodes.testbedStarting"),
  ready: t("nodes.testbedReady"),
  running: t("nodes.testbedRunning"),
  stopping: t("nodes.testbedStopping"),
});

function testbedFacts(t: Translate, testbed: TestbedStatus): [string, ReactNode][] {
  const link = ({ rateMbps, rttMs, lossPercent }: TestbedStatus["lte"]) =>
    t("nodes.mbitSMsRoundTripLoss", {
      rateMbps: String(rateMbps),
      rttMs: String(rttMs),
      lossPercent: String(lossPercent),
    });
  return [
    [t("common.state"), testbedStateNames(t)[testbed.state]],
    [t("nodes.lteLink"), link(testbed.lte)],
    [t("nodes.wifiLink"), link(testbed.wifi)],
    [t("nodes.delayMadeBy"), testbed.delayMethod],
    [t("nodes.congestionControl"), testbed.congestionControl],
    [t("nodes.kernel"), testbed.kernel],
  ];
}
