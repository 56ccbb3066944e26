import type { ReactNode } from "react";
import { TimeText } from "@/components/time/time-text";
import { Facts } from "@/components/ui/facts";
import type { SessionRow } from "@/lib/contracts/portal";
import { protocolNames, transportNames } from "./prepare-session";

/** Who, where to, by what, and when. */
export function SessionFacts({ session, className }: { session: SessionRow; className?: string }) {
  const facts: [string, ReactNode][] = [
    ["Device", session.deviceId],
    ["Subscriber", session.subscriberId],
    ["Service class", className ?? session.serviceClassId],
    ["White-list", session.whiteListId ?? "none"],
    ["Policy version", session.policyVersion],
    ["Protocol", protocolNames[session.protocol]],
    ["Transport", transportNames[session.transport]],
    ["Address", session.destinationAddress ?? "not dialled"],
    ["Node", session.nodeName],
    ["Started", <TimeText key="started" at={session.startedAt} />],
    ["Ended", session.end === null ? "still running" : <TimeText key="ended" at={session.end.at} />],
    ["End reason", session.end?.reason ?? "–"],
  ];
  return <Facts facts={facts} />;
}
