"use client";

import { Check, X } from "lucide-react";
import type { ReactNode } from "react";
import { formatAgo } from "@/components/time/format-time";
import { TimeText } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { Note } from "@/components/ui/note";
import type { TestbedStatus } from "@/lib/contracts/demo";
import type { LiveNode } from "@/lib/contracts/live";
import type { NodeOrderNote, ShownNodeOrder } from "@/lib/contracts/nodes";
import type { NodeStatus } from "@/lib/contracts/telemetry";
import { NodeActions } from "./node-actions";
import { NodeHealth, NodeTransport, nodeKindNames } from "./node-health";
import { type Feature, isOrderTaken, nodeFeatures, nodeState, sessionsText } from "./prepare-node";
import { waitingSettings } from "./prepare-node-settings";

/** One node: its state, what it runs, what it was told to do, and the orders that it takes. */
export function NodeCard({ node, testbed }: { node: LiveNode; testbed: TestbedStatus | null }) {
  const nowMs = useNow(1000);
  const { status } = node;
  const seen = node.lastSeenAt === null ? "never" : nowMs === null ? "" : formatAgo(node.lastSeenAt, nowMs);
  const facts: [string, ReactNode][] = [["Last seen", seen]];
  if (node.starts > 0) facts.push(["Starts seen", String(node.starts)]);
  if (node.order !== null) facts.push(...profileFacts(node.order));
  if (status !== null) facts.push(...statusFacts(status, node.retiring));
  if (testbed !== null) facts.push(...testbedFacts(testbed));
  return (
    <Card
      title={node.name}
      note={nodeKindNames[node.kind]}
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
          <p className="text-ink-2 text-sm">It does not report; the figures below are its last ones.</p>
        ) : null}
        <Facts facts={facts} />
        {node.kind === "proxy" && status !== null ? <Features features={nodeFeatures(node)} /> : null}
      </div>
    </Card>
  );
}

/** What was ordered and is not as it always is: by whom, when and why; and how it goes. */
function OrderNotes({ node }: { node: LiveNode }) {
  const { order, status, retiring } = node;
  if (order === null) return null;
  const waiting = waitingSettings(node);
  const failure = status?.order.failure ?? null;
  return (
    <>
      {order.isDraining && order.drainNote !== null ? (
        <Note tone="warn">
          {status?.state === "draining" ? "Takes no new sessions" : "Told to take no new sessions"}:{" "}
          <NoteText note={order.drainNote} />
        </Note>
      ) : null}
      {nodeState(node) === "restarting" && order.restartNote !== null ? (
        <Note>
          A new process starts: <NoteText note={order.restartNote} />
        </Note>
      ) : null}
      {retiring.map((process) => (
        <Note key={process.startedAt}>
          The process before serves {sessionsText(process.sessions)} to the end
          {process.endsBy === null ? null : (
            <>
              , until <TimeText at={process.endsBy} /> at the latest
            </>
          )}
          .
        </Note>
      ))}
      {failure === null ? null : <Note tone="warn">Not done as ordered: {failure}</Note>}
      {failure === null && waiting.length > 0 ? (
        <Note>
          Saved, and in force {isOrderTaken(node) ? "after a restart" : "once the node takes it"}: {waiting.join(", ")}.
        </Note>
      ) : null}
    </>
  );
}

function NoteText({ note: { by, at, reason } }: { note: NodeOrderNote }) {
  return (
    <>
      {by}, <TimeText at={at} />, “{reason}”
    </>
  );
}

function Features({ features }: { features: readonly Feature[] }) {
  return (
    <ul aria-label="Kernel features" className="flex flex-col gap-1 border-line border-t pt-3 text-sm">
      {features.map(({ name, isThere, reason }) => (
        <li key={name} className="flex items-start gap-2">
          {isThere ? (
            <Check size={14} aria-hidden className="mt-0.75 shrink-0 text-good" />
          ) : (
            <X size={14} aria-hidden className="mt-0.75 shrink-0 text-warn" />
          )}
          <span className="min-w-0 break-words">
            {name}
            {isThere ? <span className="text-ink-3"> in use</span> : <span className="sr-only">: not in use.</span>}
            {reason === null ? null : <span className="block text-ink-2">{reason}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function profileFacts({ profile: { region, address }, credentialChangedAt }: ShownNodeOrder): [string, ReactNode][] {
  return [
    ...(region === null ? [] : ([["Region", region]] as [string, ReactNode][])),
    ...(address === null ? [] : ([["Address for devices", address]] as [string, ReactNode][])),
    ...(credentialChangedAt === null
      ? []
      : ([["Credential since", <TimeText key="credential" at={credentialChangedAt} />]] as [string, ReactNode][])),
  ];
}

function statusFacts(status: NodeStatus, retiring: readonly NodeStatus[]): [string, ReactNode][] {
  const { settings } = status;
  const sum = (pick: (process: NodeStatus) => number): string =>
    [status, ...retiring].reduce((total, process) => total + pick(process), 0).toLocaleString("en-GB");
  const most = settings === null ? "" : `, ${settings.maxConnections.toLocaleString("en-GB")} connections at most`;
  return [
    ["Running since", <TimeText key="since" at={status.startedAt} />],
    ["Version", status.version],
    [
      "Policy version",
      `${status.policyVersion}${status.canaryVersion === null ? "" : `, ${status.canaryVersion} on trial`}`,
    ],
    ["Listens on", `${status.listen.address}:${status.listen.port}`],
    [
      "Sessions",
      `${sum(({ sessions }) => sessions)} running, ${sum(({ mptcpSessions }) => mptcpSessions)} on MPTCP${most}`,
    ],
    ["Accepted", status.acceptedTotal.toLocaleString("en-GB")],
    ["Refused", status.refusedTotal.toLocaleString("en-GB")],
    ["Wrong credentials", status.authFailuresTotal.toLocaleString("en-GB")],
    ...(settings === null ? [] : ([["Relay threads", String(settings.threads)]] as [string, ReactNode][])),
    ...(status.kernel === "" ? [] : ([["Kernel", status.kernel]] as [string, ReactNode][])),
  ];
}

function testbedFacts(testbed: TestbedStatus): [string, ReactNode][] {
  const link = ({ rateMbps, rttMs, lossPercent }: TestbedStatus["lte"]) =>
    `${rateMbps}\u00a0Mbit/s, ${rttMs}\u00a0ms round trip, ${lossPercent}\u00a0%\u00a0loss`;
  return [
    ["State", testbed.state],
    ["LTE link", link(testbed.lte)],
    ["WiFi link", link(testbed.wifi)],
    ["Delay made by", testbed.delayMethod],
    ["Congestion control", testbed.congestionControl],
    ["Kernel", testbed.kernel],
  ];
}
