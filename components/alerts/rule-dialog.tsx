"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { lostUpdateOf } from "@/components/api/lost-update";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { CheckBox } from "@/components/ui/check-box";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { NumberField } from "@/components/ui/number-field";
import { useNotify } from "@/components/ui/toast";
import { type AlertRule, type AlertRuleInput, alertRuleSchema } from "@/lib/contracts/alerts";
import { alertMeanings, alertNames, ruleText, thresholdUnit } from "./prepare-alerts";
import { isMeasured, readRuleForm, ruleForm } from "./prepare-rule-form";

/** When a rule tells. */
export function RuleDialog({ rule, onClose }: { rule: AlertRule | null; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog
      isOpen={rule !== null}
      onClose={onClose}
      title={rule === null ? t("alerts.rule") : alertNames(t)[rule.kind]}
    >
      {rule === null ? null : <RuleFields rule={rule} onClose={onClose} />}
    </Dialog>
  );
}

function RuleFields({ rule, onClose }: { rule: AlertRule; onClose: () => void }) {
  const t = useTranslations();
  const { kind } = rule;
  const [form, setForm] = useState(() => ruleForm(rule));
  const [etag, setEtag] = useState(rule.etag);
  const [isTried, setTried] = useState(false);
  const queries = useQueryClient();
  const notify = useNotify();
  const { input, errors } = readRuleForm(t, kind, form);
  const shown = isTried ? errors : {};
  const save = useMutation({
    mutationFn: (body: AlertRuleInput) =>
      fetchJson(alertRuleSchema, `/api/alerts/rules/${kind}`, { method: "PUT", body, condition: { ifMatch: etag } }),
    onSuccess: () => {
      notify({ title: t("alerts.saved"), detail: alertNames(t)[kind] });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.alerts }),
  });
  const theirs = lostUpdateOf(save.error, alertRuleSchema);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (input !== null && !save.isPending) save.mutate(input);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <p className="text-ink-2 text-sm">{alertMeanings(t)[kind]}.</p>
      <CheckBox label={t("alerts.on")} state={form.isOn} onState={(isOn) => setForm({ ...form, isOn })} />
      {isMeasured(kind) ? (
        <NumberField
          label={t("alerts.threshold")}
          unit={thresholdUnit(t, kind)}
          text={form.threshold}
          onText={(threshold) => setForm({ ...form, threshold })}
          error={shown.threshold}
        />
      ) : null}
      <NumberField
        label={t("alerts.holdTime")}
        unit="s"
        text={form.holdSeconds}
        onText={(holdSeconds) => setForm({ ...form, holdSeconds })}
        hint={t("alerts.forSoLongItMustBe")}
        error={shown.holdSeconds}
      />
      {theirs !== null ? (
        <div className="flex flex-col gap-2">
          <ErrorState
            title={t("alerts.somebodyElseChangedThisRule")}
            detail={t("alerts.itIsNowAndTellsAt", {
              state: theirs.item.isOn ? t("alerts.on2") : t("alerts.off"),
              rule: ruleText(t, theirs.item),
            })}
          />
          <div className="flex gap-2">
            <Button
              size="sm"
              onClick={() => {
                setForm(ruleForm(theirs.item));
                setEtag(theirs.etag);
                save.reset();
              }}
            >
              {t("alerts.takeTheirs")}
            </Button>
            <Button
              size="sm"
              onClick={() => {
                setEtag(theirs.etag);
                save.reset();
              }}
            >
              {t("alerts.keepMine")}
            </Button>
          </div>
        </div>
      ) : save.isError ? (
        <ErrorState title={t("common.notSaved")} detail={errorText(t, save.error)} />
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={save.isPending || theirs !== null}>
          {save.isPending ? t("common.saving") : t("common.save")}
        </Button>
      </DialogActions>
    </form>
  );
}
