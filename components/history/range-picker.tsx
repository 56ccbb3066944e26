"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { issueText } from "@/components/api/error-text";
import { usePreferences } from "@/components/shell/preferences";
import { type TypedMoment, typedIn, typedMoment } from "@/components/time/typed-moment";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { historyQuerySchema } from "@/lib/contracts/history";
import type { Translate } from "@/lib/words/translate";
import { type HistoryRange, type Preset, rangeChoices, spanOf } from "./prepare-history";

const options = (t: Translate) =>
  [
    ...rangeChoices.map(({ value, label }) => ({ value, label })),
    { value: "custom", label: t("history.custom") },
  ] as const;

type RangePickerProps = { range: HistoryRange; onRange: (range: HistoryRange) => void };

/** A span that ends now, or one from and to. */
export function RangePicker({ range, onRange }: RangePickerProps) {
  const t = useTranslations();
  const [isCustom, setCustom] = useState("from" in range);
  const choose = (value: Preset | "custom") => {
    setCustom(value === "custom");
    if (value !== "custom") onRange({ preset: value });
  };
  return (
    <>
      <Segmented
        label={t("history.range")}
        value={isCustom || "from" in range ? "custom" : range.preset}
        options={options(t)}
        onValue={choose}
        className="max-w-full flex-wrap max-sm:h-auto"
      />
      {isCustom ? <CustomRange range={range} onRange={onRange} /> : null}
    </>
  );
}

function CustomRange({ range, onRange }: RangePickerProps) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const [typed, setTyped] = useState<{ from: TypedMoment; to: TypedMoment }>(() => {
    const { from, to } = spanOf(range, Date.now());
    return { from: { text: from, zone: "rfc3339" }, to: { text: to, zone: "rfc3339" } };
  });
  const [errors, setErrors] = useState<Partial<Record<"from" | "to", string>>>({});
  const zoneText = zone === "utc" ? "UTC" : t("history.localTime");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [from, to] = [typedMoment(typed.from), typedMoment(typed.to)];
    const parsed = historyQuerySchema.safeParse({ from, to });
    setErrors(
      Object.fromEntries(
        (parsed.error?.issues ?? []).map((issue) => [
          issue.path[0],
          issue.code === "custom" ? issueText(t, issue) : t("history.writeADateAndATime"),
        ]),
      ),
    );
    if (parsed.success) onRange({ from: parsed.data.from, to: parsed.data.to });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-wrap items-start gap-2">
      {(["from", "to"] as const).map((end) => (
        <Field
          key={end}
          label={`${end === "from" ? t("history.from") : t("history.to")} (${zoneText})`}
          isLabelHidden
          type="datetime-local"
          value={typedIn(typed[end], zone).slice(0, 16)}
          onChange={(event) => {
            const text = event.target.value;
            setTyped((before) => ({ ...before, [end]: { text, zone } }));
          }}
          error={errors[end]}
          size="sm"
        />
      ))}
      <Button type="submit">{t("history.apply")}</Button>
    </form>
  );
}
