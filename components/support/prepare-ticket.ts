import { accessNames } from "@/components/ui/access-mark";
import type { SupportCase } from "@/lib/contracts/support";
import { formatBitRate, formatBytes } from "@/lib/shared/units";

const maxSessions = 5;

/** What a ticket needs of a look-up, as plain text. Times are UTC. */
export function prepareTicket(found: SupportCase): string {
  const { purpose, subscriber, verdict, destination, accesses, devices, sessions } = found;
  const className = subscriber.serviceClass?.name ?? subscriber.subscribedClassId;
  const lines = [
    `${subscriber.msisdn}, class ${className}, ${subscriber.state}: ${purpose}`,
    `Looked up ${found.readAt}`,
    "",
    verdict.sentence,
    ...verdict.evidence.map((line) => `- ${line}`),
    `Next: ${verdict.action}`,
    "",
    ...(destination === null ? [] : [destination.sentence, ""]),
    ...accesses.map(
      ({ access, downloadBytes, uploadBytes, bitsPerSecond, rttMs }) =>
        `${accessNames[access]}: ${formatBytes(downloadBytes)} down, ${formatBytes(uploadBytes)} up today (UTC); ${bitsPerSecond === null ? "nothing" : formatBitRate(bitsPerSecond)} now; RTT ${rttMs === null ? "not known" : `${rttMs.toFixed(0)} ms`}`,
    ),
    `LTE this month: ${formatBytes(subscriber.lteBytesThisMonth)}`,
    ...devices.map(({ id, lastSeenAt, isRevoked }) =>
      isRevoked ? `Device ${id}: revoked` : `Device ${id}: last seen ${lastSeenAt ?? "never"}`,
    ),
    ...sessions
      .slice(0, maxSessions)
      .map(
        ({ startedAt, destination: to, transport, end, downloadBytes }) =>
          `Session ${startedAt} ${to} ${transport} ${formatBytes(downloadBytes)} ${end === null ? "running" : end.reason}`,
      ),
  ];
  return `${lines.join("\n")}\n`;
}
