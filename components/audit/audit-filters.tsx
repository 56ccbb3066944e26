"use client";

import { useTranslations } from "next-intl";
import { type ReactNode, useCallback } from "react";
import { usePreferences } from "@/components/shell/preferences";
import { zoneName } from "@/components/time/format-time";
import { Field } from "@/components/ui/field";
import { SearchField } from "@/components/ui/search-field";
import type { Translate } from "@/lib/words/translate";

export type AuditForm = { actor: string; action: string; target: string; fromDay: string; toDay: string };

type AuditFiltersProps = {
  form: AuditForm;
  /** One of them has changed. */
  onForm: (change: Partial<AuditForm>) => void;
  children: ReactNode;
};

const texts = (t: Translate) =>
  [
    { key: "actor", label: t("audit.whoNameAddressNode") },
    { key: "action", label: t("audit.whatPolicyStaffLink") },
    { key: "target", label: t("audit.whomSubscriberNode") },
  ] as const;

/** By whom, what, to whom, and when. */
export function AuditFilters({ form, onForm, children }: AuditFiltersProps) {
  const t = useTranslations();
  const { zone } = usePreferences();
  return (
    <div className="flex flex-wrap items-end gap-2">
      {texts(t).map(({ key, label }) => (
        <TextFilter key={key} name={key} label={label} value={form[key]} onForm={onForm} />
      ))}
      <Field
        label={t("audit.fromDay", { zoneName: zoneName(t, zone) })}
        type="date"
        size="sm"
        max={form.toDay === "" ? undefined : form.toDay}
        value={form.fromDay}
        onChange={(event) => onForm({ fromDay: event.target.value })}
      />
      <Field
        label={t("audit.toDayInclusive")}
        type="date"
        size="sm"
        min={form.fromDay === "" ? undefined : form.fromDay}
        value={form.toDay}
        onChange={(event) => onForm({ toDay: event.target.value })}
      />
      {children}
    </div>
  );
}

type TextFilterProps = {
  name: "actor" | "action" | "target";
  label: string;
  value: string;
  onForm: AuditFiltersProps["onForm"];
};

function TextFilter({ name, label, value, onForm }: TextFilterProps) {
  const search = useCallback((text: string) => onForm({ [name]: text }), [name, onForm]);
  return <SearchField label={label} value={value} onSearch={search} className="w-full sm:w-56" />;
}
