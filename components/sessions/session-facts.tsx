import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { TimeText } from "@/components/time/time-text";
import { Facts } from "@/components/ui/facts";
import type { SessionRow } from "@/lib/contracts/portal";
import { endReasonText, protocolNames, transportNames } from "./prepare-session";

/** Who, where to, by what, and when. */
export function SessionFacts({ session, className }: { session: SessionRow; className?: string }) {
  const t = useTranslations();
  const facts: [string, ReactNode][] = [
    [t("common.device"), session.deviceId],
    [t("common.subscriber"), session.subscriberId],
    [t("common.serviceClass"), className ?? session.serviceClassId],
    [t("sessions.whiteList"), session.whiteListId ?? t("sessions.noList")],
    [t("sessions.policyVersion"), session.policyVersion],
    [t("sessions.protocol"), protocolNames[session.protocol]],
    [t("sessions.transport"), transportNames(t)[session.transport]],
    [t("sessions.address"), session.destinationAddress ?? t("sessions.notDialled")],
    [t("common.node"), session.nodeName],
    [t("common.started"), <TimeText key="started" at={session.startedAt} />],
    [
      t("sessions.ended"),
      session.end === null ? t("sessions.stillRunning") : <TimeText key="ended" at={session.end.at} />,
    ],
    [t("sessions.endReason"), session.end === null ? "–" : endReasonText(t, session.end.reason)],
  ];
  return <Facts facts={facts} />;
}
