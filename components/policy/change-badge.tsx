import { Badge, type Tone } from "@/components/ui/badge";
import type { ChangeKind } from "@/lib/contracts/policy-admin";

const names: Record<ChangeKind, string> = { added: "New", changed: "Changed", removed: "Removed" };
const tones: Record<ChangeKind, Tone> = { added: "good", changed: "accent", removed: "bad" };

/** How an item of the draft differs from the policy in force; nothing where it does not. */
export function ChangeBadge({ change }: { change: ChangeKind | null }) {
  return change === null ? null : <Badge tone={tones[change]}>{names[change]}</Badge>;
}
