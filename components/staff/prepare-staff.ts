import type { Tone } from "@/components/ui/badge";
import type { SelectOption } from "@/components/ui/select-field";
import type { Role } from "@/lib/contracts/portal";
import type { StaffState } from "@/lib/contracts/staff";
import type { Translate } from "@/lib/words/translate";

export const roleOptions = (t: Translate): readonly SelectOption<Role>[] => [
  { value: "admin", label: t("staff.adminEverythingAndStaff") },
  { value: "operator", label: t("staff.operatorPolicySubscribersNodes") },
  { value: "support", label: t("staff.supportLookUpPolicyReadOnly") },
  { value: "demo", label: t("staff.demoComparisonsOnly") },
  { value: "viewer", label: t("staff.viewerLooksChangesNothing") },
];

export const stateBadges = (t: Translate): Record<StaffState, { label: string; tone: Tone }> => ({
  invited: { label: t("staff.invited"), tone: "warn" },
  active: { label: t("staff.active"), tone: "good" },
  disabled: { label: t("staff.disabled"), tone: "neutral" },
});
