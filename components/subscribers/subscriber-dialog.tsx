"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { lostUpdateOf } from "@/components/api/lost-update";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { MergeDialog } from "@/components/ui/merge-dialog";
import { applyMerge, type MergeSide, prepareMerge } from "@/components/ui/prepare-merge";
import { useNotify } from "@/components/ui/toast";
import { type Subscriber, type SubscriberInput, subscriberSchema } from "@/lib/contracts/subscribers";
import { emptySubscriber, formatMsisdn, formOf, inputOf, subscriberGroups } from "./prepare-subscriber";
import { SubscriberFields } from "./subscriber-fields";
import { useSubscriberChoices } from "./use-subscribers";

type SubscriberDialogProps = {
  isOpen: boolean;
  /** Null makes a new one. */
  subscriber: Subscriber | null;
  onSaved?: (subscriber: Subscriber) => void;
  onClose: () => void;
};

/** Make or change a subscriber. */
export function SubscriberDialog({ isOpen, subscriber, onSaved, onClose }: SubscriberDialogProps) {
  const t = useTranslations();
  const title =
    subscriber === null
      ? t("subscribers.newSubscriber")
      : t("subscribers.edit", { msisdn: formatMsisdn(subscriber.msisdn) });
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title}>
      <SubscriberEditor subscriber={subscriber} onSaved={onSaved} onClose={onClose} />
    </Dialog>
  );
}

type EditorProps = Pick<SubscriberDialogProps, "subscriber" | "onClose"> & {
  onSaved: SubscriberDialogProps["onSaved"] | undefined;
};

function SubscriberEditor({ subscriber, onSaved, onClose }: EditorProps) {
  const t = useTranslations();
  const [form, setForm] = useState(subscriber === null ? emptySubscriber : formOf(subscriber));
  const [base, setBase] = useState(form);
  const [etag, setEtag] = useState(subscriber?.etag ?? null);
  const choices = useSubscriberChoices();
  const queries = useQueryClient();
  const notify = useNotify();

  const save = useMutation({
    mutationFn: ({ body, ifMatch }: { body: SubscriberInput; ifMatch: string | null }) =>
      ifMatch === null || subscriber === null
        ? fetchJson(subscriberSchema, "/api/subscribers", { method: "POST", body })
        : fetchJson(subscriberSchema, `/api/subscribers/${subscriber.id}`, {
            method: "PUT",
            body,
            condition: { ifMatch },
          }),
    onSuccess: (saved) => {
      void queries.invalidateQueries({ queryKey: queryKeys.allSubscribers });
      notify({
        title: subscriber === null ? t("subscribers.subscriberAdded") : t("subscribers.saved"),
        detail: formatMsisdn(saved.msisdn),
      });
      onSaved?.(saved);
      onClose();
    },
  });

  const groups = subscriberGroups(t, choices.data);
  const theirs = lostUpdateOf(save.error, subscriberSchema);
  const sources =
    theirs === null ? null : { base: inputOf(base), yours: inputOf(form), theirs: inputOf(formOf(theirs.item)) };
  const saveMerged = (choices: Record<string, MergeSide>) => {
    if (theirs === null || sources === null) return;
    const merged = applyMerge(groups, sources, choices);
    setForm(formOf(merged));
    setBase(formOf(theirs.item));
    setEtag(theirs.etag);
    save.mutate({ body: merged, ifMatch: theirs.etag });
  };
  const problems = fieldTexts(t, save.error);
  const isFieldProblem = Object.keys(problems).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate({ body: inputOf(form), ifMatch: etag });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      {choices.isError ? (
        <ErrorState
          title={t("subscribers.theClassesCouldNotBeRead")}
          detail={errorText(t, choices.error)}
          onRetry={() => choices.refetch()}
        />
      ) : null}
      <SubscriberFields
        form={form}
        onForm={setForm}
        classes={choices.data?.classes ?? []}
        extraLists={choices.data?.extraLists ?? []}
        problems={problems}
      />
      {save.isError && !isFieldProblem && theirs === null ? (
        <ErrorState title={t("common.notSaved")} detail={errorText(t, save.error)} />
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={save.isPending || form.serviceClassId === ""}>
          {save.isPending
            ? t("common.saving")
            : subscriber === null
              ? t("subscribers.addSubscriber")
              : t("common.save")}
        </Button>
      </DialogActions>
      <MergeDialog
        isOpen={sources !== null}
        title={t("subscribers.somebodyElseChangedThisSubscriber")}
        rows={sources === null ? [] : prepareMerge(groups, sources)}
        isBusy={save.isPending}
        onSave={saveMerged}
        onClose={save.reset}
      />
    </form>
  );
}
