"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import * as z from "zod";
import { Button } from "@/components/ui/button";
import { ChoiceCards } from "@/components/ui/choice-cards";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { MergeDialog } from "@/components/ui/merge-dialog";
import type { MergeGroup } from "@/components/ui/prepare-merge";
import { useNotify } from "@/components/ui/toast";
import {
  type DraftWhiteList,
  draftWhiteListSchema,
  type WhiteListHead,
  whiteListHeadSchema,
} from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";
import { audienceChoices } from "./audience-choices";
import { useItemSave } from "./use-item-save";
import { policyPaths } from "./use-policy";

const groups = (t: Translate): readonly MergeGroup<WhiteListHead>[] => [
  { key: "name", label: t("common.name"), fields: ["name"], text: ({ name }) => name },
  {
    key: "audience",
    label: t("whiteLists.audience"),
    fields: ["audience"],
    text: ({ audience }) => audienceChoices(t).find(({ value }) => value === audience)?.label ?? audience,
  },
];
const currentSchema = z.union([draftWhiteListSchema.transform(({ item }) => item), whiteListHeadSchema]);

type HeadFormProps = { onClose: () => void; list: DraftWhiteList };

/** Name and audience of a white-list; its rules stay as they are. */
export function WhiteListHeadDialog({ isOpen, ...form }: HeadFormProps & { isOpen: boolean }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={form.onClose} title={t("whiteLists.nameAndAudience")}>
      <HeadForm {...form} />
    </Dialog>
  );
}

function HeadForm({ onClose, list }: HeadFormProps) {
  const t = useTranslations();
  const notify = useNotify();
  const [base] = useState({ item: list.item, etag: list.etag });
  const [head, setHead] = useState<WhiteListHead>(list.item);
  const isNamed = head.name.trim() !== "";
  const saving = useItemSave({
    path: policyPaths.whiteList(list.item.id),
    toBody: (item: WhiteListHead) => item,
    currentSchema,
    groupsOf: () => groups(t),
    inForce: null,
    onSaved: ({ name }) => {
      notify({ title: t("whiteLists.isSavedToTheDraft", { name }) });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isNamed || saving.isSaving) return;
    saving.save({ base: base.item, etag: base.etag, yours: { ...head, name: head.name.trim() } });
  };

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <Field
        label={t("common.name")}
        data-first-focus
        maxLength={80}
        value={head.name}
        onChange={(event) => setHead({ ...head, name: event.target.value })}
        error={isNamed ? saving.fields["name"] : t("whiteLists.giveItAName")}
      />
      <ChoiceCards
        label={t("whiteLists.audience")}
        value={head.audience}
        choices={audienceChoices(t)}
        onValue={(audience) => setHead({ ...head, audience })}
      />
      {saving.failure === null ? null : <ErrorState title={t("whiteLists.itWasNotSaved")} detail={saving.failure} />}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={saving.isSaving}>
          {t("whiteLists.saveToDraft")}
        </Button>
      </DialogActions>
      <MergeDialog
        isOpen={saving.rows !== null}
        title={t("whiteLists.wasChangedBySomebodyElse", { name: list.item.name })}
        rows={saving.rows ?? []}
        isBusy={saving.isSaving}
        onSave={saving.resolve}
        onClose={() => saving.resolve(null)}
      />
    </form>
  );
}
