import { Badge } from "@/components/ui/badge";
import type { SubscriberState } from "@/lib/contracts/subscribers";

export function StateBadge({ state }: { state: SubscriberState }) {
  return state === "active" ? <Badge tone="good">Active</Badge> : <Badge tone="warn">Suspended</Badge>;
}
