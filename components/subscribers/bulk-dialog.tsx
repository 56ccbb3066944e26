"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { newIdempotencyKey } from "@/components/api/idempotency-key";
import { queryKeys } from "@/components/api/query-keys";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { SelectField } from "@/components/ui/select-field";
import { useNotify } from "@/components/ui/toast";
import { type BulkChange, bulkChangeReplySchema, type SubscriberList } from "@/lib/contracts/subscribers";
import { describeTotal } from "./prepare-subscriber";
import { useSubscriberChoices } from "./use-subscribers";

type BulkDialogProps = {
  /** Null: closed. */
  target: BulkChange["target"] | null;
  /** How many it holds. */
  total: SubscriberList["total"];
  onDone: () => void;
  onClose: () => void;
};

/** Class or state of many subscribers at once. */
export function BulkDialog({ target, total, onDone, onClose }: BulkDialogProps) {
  const t = useTranslations();
  const [what, setWhat] = useState("state:suspended");
  const choices = useSubscriberChoices();
  const queries = useQueryClient();
  const notify = useNotify();
  // One key for one intention: trying the same change again does not do it twice.
  const key = useMemo(() => ({ of: [target, what], value: newIdempotencyKey() }), [target, what]);

  const change = useMutation({
    mutationFn: (reason: string) => {
      const [field = "", value = ""] = what.split(/:(.*)/);
      const body = { target, change: { [field]: value }, reason };
      return fetchJson(bulkChangeReplySchema, "/api/subscribers/bulk", {
        method: "POST",
        body,
        idempotencyKey: key.value,
      });
    },
    onSuccess: ({ matched, changed }) => {
      void queries.invalidateQueries({ queryKey: queryKeys.allSubscribers });
      const detail = changed === matched ? undefined : t("subscribers.hadItAlready", { matched: matched - changed });
      notify({
        title: t("subscribers.subscribersChanged", { changed }),
        ...(detail === undefined ? {} : { detail }),
      });
      onDone();
    },
  });

  const title = t("subscribers.changeSubscribers", { total: total.value, count: describeTotal(t, total) });
  return (
    <ReasonDialog
      isOpen={target !== null}
      title={title}
      confirmLabel={change.isPending ? t("subscribers.changing") : title}
      isDangerous={what === "state:suspended"}
      isBusy={change.isPending}
      failure={change.isError ? errorText(t, change.error) : null}
      onConfirm={(reason) => change.mutate(reason)}
      onClose={() => {
        change.reset();
        onClose();
      }}
    >
      <SelectField
        label={t("subscribers.whatChanges")}
        value={what}
        options={[
          { value: "state:suspended", label: t("subscribers.suspendRunningSessionsEnd") },
          { value: "state:active", label: t("subscribers.makeActive") },
          ...(choices.data?.classes ?? []).map(({ id, name }) => ({
            value: `serviceClassId:${id}`,
            label: t("subscribers.serviceClass", { name }),
          })),
        ]}
        onValue={setWhat}
      />
    </ReasonDialog>
  );
}
