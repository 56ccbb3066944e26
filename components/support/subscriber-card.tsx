import { useTranslations } from "next-intl";
import { tell } from "@/components/api/tell";
import { formatMsisdn } from "@/components/subscribers/prepare-subscriber";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { Link } from "@/components/ui/link";
import type { SupportCase } from "@/lib/contracts/support";
import { formatBytes } from "@/lib/shared/units";

/** Who it is, in which class, with which devices. */
export function SubscriberCard({ found }: { found: SupportCase }) {
  const t = useTranslations();
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
          {subscriber.state === "active" ? t("support.active") : t("support.suspended")}
        </Badge>
      }
      className="md:max-xl:col-span-2"
    >
      <Facts
        facts={[
          [
            t("support.class2"),
            isQuotaReached
              ? t("support.quotaUsedUp", { name: serviceClass?.name ?? "?" })
              : (serviceClass?.name ?? subscribedClassId),
          ],
          [t("support.lteThisMonth2"), formatBytes(subscriber.lteBytesThisMonth)],
          [t("support.whiteListsUsed"), lists.length === 0 ? t("support.noneLately") : lists.join(", ")],
          ...(destination === null
            ? []
            : [[t("support.service"), tell(t, destination.sentence, destination.told)] as const]),
          ["IMSI", subscriber.imsi ?? t("common.notKnown")],
          [
            devices.length === 1 ? t("common.device") : t("support.devices"),
            devices.length === 0 ? (
              t("support.noneEnrolled")
            ) : (
              <ul key="devices">
                {devices.map(({ id, name, lastSeenAt, isRevoked }) => (
                  <li key={id}>
                    {name === "" ? id : name}
                    <span className="text-ink-3">
                      {isRevoked
                        ? t("support.revoked")
                        : lastSeenAt === null
                          ? t("support.neverSeen")
                          : t("support.seen")}
                    </span>
                    {isRevoked || lastSeenAt === null ? null : <TimeText at={lastSeenAt} style="short" />}
                  </li>
                ))}
              </ul>
            ),
          ],
          [t("support.read"), <TimeText key="read" at={readAt} />],
        ]}
      />
    </Card>
  );
}
