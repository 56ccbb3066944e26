"use client";

import { useTranslations } from "next-intl";
import { policyEditors } from "@/components/shell/pages";
import { useMay, useStaff } from "@/components/shell/staff";
import { Note } from "@/components/ui/note";

/** Why nothing can be changed here; nothing for those who may. */
export function ReadOnlyNote() {
  const t = useTranslations();
  const { role } = useStaff();
  const mayEdit = useMay(policyEditors);
  if (mayEdit) return null;
  return (
    <Note>
      {t("policy.youSeeThePolicyAsWithout", {
        role: t(`roles.${role}`),
        policyEditors: policyEditors.map((one) => t(`roles.${one}`)).join(` ${t("policy.or")} `),
      })}
    </Note>
  );
}
