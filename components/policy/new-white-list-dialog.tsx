"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import * as z from "zod";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { useGo } from "@/components/shell/leave-guard";
import { Button } from "@/components/ui/button";
import { ChoiceCards } from "@/components/ui/choice-cards";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import type { WhiteListHead } from "@/lib/contracts/policy-admin";
import { audienceChoices } from "./audience-choices";
import { toItemId } from "./prepare-class-form";
import { policyPaths, readPolicyAnew } from "./use-policy";

type NewWhiteListFormProps = { onClose: () => void; takenIds: readonly string[] };

/** A white-list more, still without rules; its page opens. */
export function NewWhiteListDialog({ isOpen, ...form }: NewWhiteListFormProps & { isOpen: boolean }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={form.onClose} title={t("whiteLists.addAWhiteList")}>
      <NewWhiteListForm {...form} />
    </Dialog>
  );
}

function NewWhiteListForm({ onClose, takenIds }: NewWhiteListFormProps) {
  const t = useTranslations();
  const client = useQueryClient();
  const go = useGo();
  const [name, setName] = useState("");
  const [audience, setAudience] = useState<WhiteListHead["audience"]>("everyone");
  const [isTried, setTried] = useState(false);
  const id = toItemId(name, takenIds, "white-list");

  const create = useMutation({
    mutationFn: () => {
      const body: WhiteListHead = { id, name: name.trim(), audience };
      return fetchJson(z.unknown(), policyPaths.whiteList(id), { method: "PUT", body, condition: { isNew: true } });
    },
    onSuccess: async () => {
      await readPolicyAnew(client);
      onClose();
      go(`/policy/white-lists/${id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== "" && !create.isPending) create.mutate();
  };

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <Field
        label={t("common.name")}
        data-first-focus
        maxLength={80}
        placeholder={t("whiteLists.theServiceThatItOpens")}
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint={name.trim() === "" ? undefined : t("whiteLists.itsIdWhichStays", { id })}
        error={isTried && name.trim() === "" ? t("whiteLists.giveItAName") : undefined}
      />
      <ChoiceCards
        label={t("whiteLists.audience")}
        value={audience}
        choices={audienceChoices(t)}
        onValue={setAudience}
      />
      {create.isError ? <ErrorState title={t("whiteLists.itWasNotAdded")} detail={errorText(t, create.error)} /> : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={create.isPending}>
          {t("whiteLists.addAndOpen")}
        </Button>
      </DialogActions>
    </form>
  );
}
