"use client";

import { useTranslations } from "next-intl";
import { CheckBox } from "@/components/ui/check-box";
import { Field } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { SelectField } from "@/components/ui/select-field";
import type { Translate } from "@/lib/words/translate";
import type { Choice, SubscriberForm } from "./prepare-subscriber";

const states = (t: Translate) =>
  [
    { value: "active", label: t("subscribers.active") },
    { value: "suspended", label: t("subscribers.suspended") },
  ] as const;

type SubscriberFieldsProps = {
  form: SubscriberForm;
  onForm: (form: SubscriberForm) => void;
  classes: readonly Choice[];
  extraLists: readonly Choice[];
  /** Field to what is wrong with it. */
  problems: Readonly<Record<string, string>>;
};

/** Everything that staff write of a subscriber. */
export function SubscriberFields({ form, onForm, classes, extraLists, problems }: SubscriberFieldsProps) {
  const t = useTranslations();
  const toggle = (id: string, isOn: boolean) => {
    const others = form.extraWhiteListIds.filter((known) => known !== id);
    onForm({ ...form, extraWhiteListIds: isOn ? [...others, id] : others });
  };
  return (
    <>
      <Field
        label="MSISDN"
        size="sm"
        required
        data-first-focus
        inputMode="tel"
        placeholder="+821012345678"
        value={form.msisdn}
        onChange={(event) => onForm({ ...form, msisdn: event.target.value })}
        hint={t("subscribers.e164PlusSignCountryCode")}
        error={problems["msisdn"]}
      />
      <Field
        label="IMSI"
        size="sm"
        inputMode="numeric"
        value={form.imsi}
        onChange={(event) => onForm({ ...form, imsi: event.target.value })}
        hint={t("subscribers.n15DigitsMayBeLeftEmpty")}
        error={problems["imsi"]}
      />
      <SelectField
        label={t("common.serviceClass")}
        value={form.serviceClassId}
        options={[
          ...(form.serviceClassId === ""
            ? [{ value: "", label: t("subscribers.chooseAClass"), isDisabled: true }]
            : []),
          ...classes.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onValue={(serviceClassId) => onForm({ ...form, serviceClassId })}
        error={problems["serviceClassId"]}
      />
      <div>
        <p className="mb-1.5 font-medium text-sm">{t("common.state")}</p>
        <Segmented
          label={t("common.state")}
          value={form.state}
          options={states(t)}
          onValue={(state) => onForm({ ...form, state })}
        />
        {form.state === "suspended" ? (
          <p className="mt-1.5 text-ink-3 text-sm">{t("subscribers.runningSessionsEndAtOnceNew")}</p>
        ) : null}
      </div>
      {extraLists.length === 0 ? null : (
        <fieldset>
          <legend className="mb-1.5 font-medium text-sm">{t("subscribers.extraWhiteLists")}</legend>
          <div className="flex flex-col gap-1">
            {extraLists.map(({ id, name }) => (
              <CheckBox
                key={id}
                label={name}
                state={form.extraWhiteListIds.includes(id)}
                onState={(isOn) => toggle(id, isOn)}
              />
            ))}
          </div>
          {problems["extraWhiteListIds"] === undefined ? null : (
            <p role="alert" className="mt-1.5 text-bad text-sm">
              {problems["extraWhiteListIds"]}
            </p>
          )}
        </fieldset>
      )}
    </>
  );
}
