"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { Segmented } from "@/components/ui/segmented";
import { useNotify } from "@/components/ui/toast";
import { type AlertRule, alertRuleSchema, type MuteAlert } from "@/lib/contracts/alerts";
import type { Translate } from "@/lib/words/translate";
import { alertNames } from "./prepare-alerts";

const spans = (t: Translate) =>
  [
    { value: "60", label: "1 h" },
    { value: "480", label: "8 h" },
    { value: "1440", label: t("alerts.n1Day") },
    { value: "10080", label: t("alerts.n7Days") },
    { value: "0", label: t("alerts.endIt") },
  ] as const;

/** Keep a rule's alerts out of the shell for a while; its page shows them on. */
export function MuteDialog({ rule, onClose }: { rule: AlertRule | null; onClose: () => void }) {
  const t = useTranslations();
  const [minutes, setMinutes] = useState<ReturnType<typeof spans>[number]["value"]>("60");
  const queries = useQueryClient();
  const notify = useNotify();
  const mute = useMutation({
    mutationFn: ({ kind, ...body }: MuteAlert & { kind: string }) =>
      fetchJson(alertRuleSchema, `/api/alerts/rules/${kind}/mute`, { method: "POST", body }),
    onSuccess: ({ kind, mute: set }) => {
      notify({ title: set === null ? t("alerts.notMutedAnyMore") : t("alerts.muted"), detail: alertNames(t)[kind] });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.alerts }),
  });
  const isOff = minutes === "0";
  return (
    <ReasonDialog
      isOpen={rule !== null}
      title={rule === null ? t("alerts.mute") : t("alerts.muteAlert", { alert: alertNames(t)[rule.kind] })}
      confirmLabel={mute.isPending ? t("common.saving") : isOff ? t("alerts.endTheMute") : t("alerts.mute")}
      isBusy={mute.isPending}
      failure={mute.isError ? errorText(t, mute.error) : null}
      onConfirm={(reason) => rule !== null && mute.mutate({ kind: rule.kind, minutes: Number(minutes), reason })}
      onClose={onClose}
    >
      <p className="pb-2">{t("alerts.itsAlertsAreNotCountedBeside")}</p>
      <Segmented
        label={t("alerts.forHowLong")}
        value={minutes}
        options={spans(t)}
        onValue={setMinutes}
        className="max-w-full flex-wrap max-sm:h-auto"
      />
    </ReasonDialog>
  );
}
