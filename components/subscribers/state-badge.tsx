import { useTranslations } from "next-intl";
import { Badge } from "@/components/ui/badge";
import type { SubscriberState } from "@/lib/contracts/subscribers";

export function StateBadge({ state }: { state: SubscriberState }) {
  const t = useTranslations();
  return state === "active" ? (
    <Badge tone="good">{t("subscribers.active")}</Badge>
  ) : (
    <Badge tone="warn">{t("subscribers.suspended")}</Badge>
  );
}
