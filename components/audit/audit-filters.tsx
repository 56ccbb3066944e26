"use client";

import { useCallback } from "react";
import { usePreferences } from "@/components/shell/preferences";
import { zoneName } from "@/components/time/format-time";
import { Field } from "@/components/ui/field";
import { SearchField } from "@/components/ui/search-field";

export type AuditForm = { actor: string; action: string; target: string; fromDay: string; toDay: string };

export const emptyAuditForm: AuditForm = { actor: "", action: "", target: "", fromDay: "", toDay: "" };

type AuditFiltersProps = { form: AuditForm; onForm: (change: Partial<AuditForm>) => void };

const texts = [
  { key: "actor", label: "Who: name, address, node:" },
  { key: "action", label: "What: policy., staff.link" },
  { key: "target", label: "Whom: subscriber:, node:" },
] as const;

/** By whom, what, to whom, and when. */
export function AuditFilters({ form, onForm }: AuditFiltersProps) {
  const { zone } = usePreferences();
  return (
    <div className="flex flex-wrap items-end gap-2">
      {texts.map(({ key, label }) => (
        <TextFilter key={key} name={key} label={label} value={form[key]} onForm={onForm} />
      ))}
      <Field
        label={`From day (${zoneName(zone)})`}
        type="date"
        size="sm"
        max={form.toDay === "" ? undefined : form.toDay}
        value={form.fromDay}
        onChange={(event) => onForm({ fromDay: event.target.value })}
      />
      <Field
        label="To day, inclusive"
        type="date"
        size="sm"
        min={form.fromDay === "" ? undefined : form.fromDay}
        value={form.toDay}
        onChange={(event) => onForm({ toDay: event.target.value })}
      />
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
