import Link from "next/link";
import { formatMsisdn } from "@/components/subscribers/prepare-subscriber";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import type { SupportCase } from "@/lib/contracts/support";
import { formatBytes } from "@/lib/shared/units";

/** Who it is, in which class, with which devices. */
export function SubscriberCard({ found }: { found: SupportCase }) {
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
