"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import * as z from "zod";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select-field";
import { useNotify } from "@/components/ui/toast";
import type { ServiceClass } from "@/lib/contracts/policy";
import { toItemId } from "./prepare-class-form";
import { policyPaths, readPolicyAnew } from "./use-policy";

const plain: Omit<ServiceClass, "id" | "name"> = {
  steering: "aggregate",
  lteSharePercent: null,
  wifiSufficientMbps: null,
  lteRateKbps: null,
  totalRateKbps: null,
  lteQuotaBytes: null,
  whenQuotaReached: null,
};

type NewClassFormProps = { onClose: () => void; classes: readonly ServiceClass[] };

/** A class more, as a copy of another or plain. */
export function NewClassDialog({ isOpen, ...form }: NewClassFormProps & { isOpen: boolean }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={form.onClose} title={t("classes.addAClass")}>
      <NewClassForm {...form} />
    </Dialog>
  );
}

function NewClassForm({ onClose, classes }: NewClassFormProps) {
  const t = useTranslations();
  const client = useQueryClient();
  const notify = useNotify();
  const [name, setName] = useState("");
  const [source, setSource] = useState("");
  const [isTried, setTried] = useState(false);
  const ids = classes.map(({ id }) => id);
  const id = toItemId(name, ids, "class");

  const create = useMutation({
    mutationFn: () => {
      const model = classes.find((candidate) => candidate.id === source) ?? plain;
      const body: ServiceClass = { ...model, id, name: name.trim() };
      return fetchJson(z.unknown(), policyPaths.serviceClass(id), { method: "PUT", body, condition: { isNew: true } });
    },
    onSuccess: async () => {
      await readPolicyAnew(client);
      notify({ title: t("classes.isAddedToTheDraft", { name: name.trim() }) });
      onClose();
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
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint={name.trim() === "" ? t("classes.asStaffAndSubscribersCallIt") : t("classes.itsIdWhichStays", { id })}
        error={isTried && name.trim() === "" ? t("classes.giveItAName") : undefined}
      />
      <SelectField
        label={t("classes.settingsToStartFrom")}
        size="md"
        value={source}
        options={[
          { value: "", label: t("classes.aggregateWithoutCaps") },
          ...classes.map((item) => ({ value: item.id, label: t("classes.as", { name: item.name }) })),
        ]}
        onValue={setSource}
      />
      {create.isError ? <ErrorState title={t("classes.itWasNotAdded")} detail={errorText(t, create.error)} /> : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={create.isPending}>
          {t("classes.addToTheDraft")}
        </Button>
      </DialogActions>
    </form>
  );
}
