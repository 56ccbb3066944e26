"use client";

import { useTranslations } from "next-intl";
import { ChoiceCards } from "@/components/ui/choice-cards";
import { Field } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { SelectField } from "@/components/ui/select-field";
import type { SteeringMode } from "@/lib/contracts/policy";
import type { DraftServiceClass } from "@/lib/contracts/policy-admin";
import { classFacts, inForceTexts, steeringNames, steeringNotes } from "./prepare-class-facts";
import {
  type ClassField,
  type ClassForm,
  isRateUnit,
  rateUnits,
  readClassForm,
  toClassForm,
} from "./prepare-class-form";
import { ShareBar } from "./share-bar";
import { ShareField } from "./share-field";
import type { ClassEdit } from "./use-class-edit";
import { WasMark } from "./was-mark";

const modes = ["aggregate", "lte-share", "wifi-first"] as const satisfies readonly SteeringMode[];

type ClassFieldsProps = {
  draft: DraftServiceClass;
  edit: ClassEdit;
  isLocked: boolean;
  /** The other classes, for the one that follows when the quota is reached. */
  others: readonly { id: string; name: string }[];
};

/** All settings of a class. Every field is there in every mode, so that the classes can be compared line by line. */
export function ClassFields({ draft, edit, isLocked, others }: ClassFieldsProps) {
  const t = useTranslations();
  const { form, setForm, errors } = edit;
  const isShared = form.steering === "lte-share";
  const nameOf = (id: string) => others.find((other) => other.id === id)?.name ?? id;
  const typed = readClassForm(t, form, draft.item.id).item ?? draft.item;
  const before = inForceTexts(t, typed, draft.inForce, nameOf);
  const was = (field: ClassField) => {
    const inForce = draft.inForce;
    const back = (): Partial<ClassForm> => (inForce === null ? {} : { [field]: toClassForm(inForce)[field] });
    const label = classFacts(t).find((fact) => fact.field === field)?.label ?? field;
    return (
      <WasMark
        label={label}
        text={before[field]}
        affected={draft.subscribers}
        onUndo={isLocked ? null : () => setForm(back())}
      />
    );
  };

  return (
    <>
      <Field
        label={t("common.name")}
        size="sm"
        value={form.name}
        maxLength={60}
        disabled={isLocked}
        onChange={(event) => setForm({ name: event.target.value })}
        aside={was("name")}
        error={errors.name}
      />
      <div>
        <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-2">
          <span className="font-medium text-sm">{t("classes.steering")}</span>
          {was("steering")}
        </div>
        <ChoiceCards
          label={t("classes.steeringOf", { name: draft.item.name })}
          value={form.steering}
          choices={modes.map((value) => ({ value, label: steeringNames(t)[value], note: steeringNotes(t)[value] }))}
          isDisabled={isLocked}
          onValue={(steering) => setForm({ steering })}
        />
      </div>
      <ShareField
        className={draft.item.name}
        text={isShared ? form.lteShare : ""}
        onText={(lteShare) => setForm({ lteShare })}
        aside={isShared ? was("lteShare") : null}
        error={errors.lteShare}
        isDisabled={isLocked || !isShared}
      />
      <ShareBar achievedPercent={draft.achievedLteSharePercent} targetPercent={typed.lteSharePercent} isLevel />
      <NumberField
        label={t("classes.lteRestsWhileWifiReaches")}
        unit="Mbit/s"
        placeholder={isShared ? t("classes.never") : t("classes.notUsed")}
        text={isShared ? form.wifiSufficient : ""}
        onText={(wifiSufficient) => setForm({ wifiSufficient })}
        aside={isShared ? was("wifiSufficient") : null}
        error={errors.wifiSufficient}
        isDisabled={isLocked || !isShared}
      />
      <RateField
        field="lteRate"
        label={t("classes.lteRateCap")}
        {...{ form, setForm, errors, isLocked }}
        aside={was("lteRate")}
      />
      <RateField
        field="totalRate"
        label={t("classes.totalRateCap")}
        {...{ form, setForm, errors, isLocked }}
        aside={was("totalRate")}
      />
      <NumberField
        label={t("classes.lteQuotaAMonth")}
        unit="GB"
        placeholder={t("classes.noQuota")}
        text={form.quotaGb}
        onText={(quotaGb) => setForm({ quotaGb })}
        aside={was("quotaGb")}
        error={errors.quotaGb}
        isDisabled={isLocked}
      />
      <SelectField
        label={t("classes.classAfterTheQuota")}
        value={form.whenQuotaReached}
        options={[{ value: "", label: "–" }, ...others.map(({ id, name }) => ({ value: id, label: name }))]}
        onValue={(whenQuotaReached) => setForm({ whenQuotaReached })}
        aside={was("whenQuotaReached")}
        error={errors.whenQuotaReached}
        isDisabled={isLocked || form.quotaGb.trim() === ""}
      />
    </>
  );
}

type RateFieldProps = Pick<ClassEdit, "form" | "setForm" | "errors"> & {
  field: "lteRate" | "totalRate";
  label: string;
  aside: React.ReactNode;
  isLocked: boolean;
};

function RateField({ field, label, form, setForm, errors, aside, isLocked }: RateFieldProps) {
  const t = useTranslations();
  return (
    <NumberField
      label={label}
      placeholder={t("classes.noCap")}
      text={form[field].text}
      onText={(text) => setForm({ [field]: { ...form[field], text } })}
      unit={form[field].unit}
      units={rateUnits}
      onUnit={(unit) => {
        if (isRateUnit(unit)) setForm({ [field]: { ...form[field], unit } });
      }}
      aside={aside}
      error={errors[field]}
      isDisabled={isLocked}
    />
  );
}
