import type { Tone } from "@/components/ui/badge";
import type { SelectOption } from "@/components/ui/select-field";
import type { Role } from "@/lib/contracts/portal";
import type { StaffState } from "@/lib/contracts/staff";

export const roleOptions: readonly SelectOption<Role>[] = [
  { value: "admin", label: "admin: everything, and staff" },
  { value: "operator", label: "operator: policy, subscribers, nodes" },
  { value: "support", label: "support: look-up, policy read only" },
  { value: "demo", label: "demo: comparisons only" },
  { value: "viewer", label: "viewer: looks, changes nothing" },
];

export const stateBadges: Record<StaffState, { label: string; tone: Tone }> = {
  invited: { label: "Invited", tone: "warn" },
  active: { label: "Active", tone: "good" },
  disabled: { label: "Disabled", tone: "neutral" },
};
