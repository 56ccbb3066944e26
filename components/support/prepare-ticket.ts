import { tell } from "@/components/api/tell";
import { endReasonText } from "@/components/sessions/prepare-session";
import { accessNames } from "@/components/ui/access-mark";
import type { SupportCase } from "@/lib/contracts/support";
import { formatBitRate, formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { tellVerdict } from "./prepare-told";

const maxSessions = 5;

/** What a ticket needs of a look-up, as plain text. Times are UTC. */
export function prepareTicket(t: Translate, found: SupportCase): string {
  const { purpose, subscriber, verdict, destination, accesses, devices, sessions } = found;
  const told = tellVerdict(t, verdict);
  const className = subscriber.serviceClass?.name ?? subscriber.subscribedClassId;
  const lines = [
    t("support.class", { msisdn: subscriber.msisdn, className, state: subscriber.state, purpose }),
    t("support.lookedUp", { readAt: found.readAt }),
    "",
    told.sentence,
    ...told.evidence.map((line) => `- ${line}`),
    t("support.next", { action: told.action }),
    "",
    ...(destination === null ? [] : [tell(t, destination.sentence, destination.told), ""]),
    ...accesses.map(({ access, downloadBytes, uploadBytes, bitsPerSecond, rttMs }) =>
      t("support.downUpTodayUtcNowRtt", {
        acces: accessNames(t)[access],
        bytes: formatBytes(downloadBytes),
        bytes2: formatBytes(uploadBytes),
        bitRate: bitsPerSecond === null ? t("support.nothing") : formatBitRate(bitsPerSecond),
        rttMs: rttMs === null ? t("common.notKnown") : `${rttMs.toFixed(0)} ms`,
      }),
    ),
    t("support.lteThisMonth", { bytes: formatBytes(subscriber.lteBytesThisMonth) }),
    ...devices.map(({ id, lastSeenAt, isRevoked }) =>
      isRevoked
        ? t("support.deviceRevoked", { id })
        : t("support.deviceLastSeen", { id, lastSeenAt: lastSeenAt ?? t("common.never") }),
    ),
    ...sessions.slice(0, maxSessions).map(({ startedAt, destination: to, transport, end, downloadBytes }) =>
      t("support.session", {
        startedAt,
        to,
        transport,
        bytes: formatBytes(downloadBytes),
        reason: end === null ? t("support.running") : endReasonText(t, end.reason),
      }),
    ),
  ];
  return `${lines.join("\n")}\n`;
}
