"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { Segmented } from "@/components/ui/segmented";
import { useNotify } from "@/components/ui/toast";
import { type AlertRule, alertRuleSchema, type MuteAlert } from "@/lib/contracts/alerts";
import { errorMessage } from "@/lib/shared/errors";
import { alertNames } from "./prepare-alerts";

const spans = [
  { value: "60", label: "1 h" },
  { value: "480", label: "8 h" },
  { value: "1440", label: "1 day" },
  { value: "10080", label: "7 days" },
  { value: "0", label: "End it" },
] as const;

/** Keep a rule's alerts out of the shell for a while; its page shows them on. */
export function MuteDialog({ rule, onClose }: { rule: AlertRule | null; onClose: () => void }) {
  const [minutes, setMinutes] = useState<(typeof spans)[number]["value"]>("60");
  const queries = useQueryClient();
  const notify = useNotify();
  const mute = useMutation({
    mutationFn: ({ kind, ...body }: MuteAlert & { kind: string }) =>
      fetchJson(alertRuleSchema, `/api/alerts/rules/${kind}/mute`, { method: "POST", body }),
    onSuccess: ({ kind, mute: set }) => {
      notify({ title: set === null ? "Not muted any more" : "Muted", detail: alertNames[kind] });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.alerts }),
  });
  const isOff = minutes === "0";
  return (
    <ReasonDialog
      isOpen={rule !== null}
      title={rule === null ? "Mute" : `Mute ${alertNames[rule.kind]}`}
      confirmLabel={mute.isPending ? "Saving…" : isOff ? "End the mute" : "Mute"}
      isBusy={mute.isPending}
      failure={mute.isError ? errorMessage(mute.error) : null}
      onConfirm={(reason) => rule !== null && mute.mutate({ kind: rule.kind, minutes: Number(minutes), reason })}
      onClose={onClose}
    >
      <p className="pb-2">Its alerts are not counted beside the pages; here they stay to be seen.</p>
      <Segmented
        label="For how long"
        value={minutes}
        options={spans}
        onValue={setMinutes}
        className="max-w-full flex-wrap max-sm:h-auto"
      />
    </ReasonDialog>
  );
}
