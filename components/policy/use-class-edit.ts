"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import * as z from "zod";
import type { MergeGroup } from "@/components/ui/prepare-merge";
import { type ServiceClass, serviceClassSchema } from "@/lib/contracts/policy";
import { type DraftServiceClass, draftServiceClassSchema } from "@/lib/contracts/policy-admin";
import { type ClassErrors, type ClassForm, formFieldOf, readClassForm, toClassForm } from "./prepare-class-form";
import { type ItemSave, useItemSave } from "./use-item-save";
import { policyPaths } from "./use-policy";

/** What 412 brings along: the item itself, or with what the list says about it. */
const currentSchema = z.union([draftServiceClassSchema.transform(({ item }) => item), serviceClassSchema]);

export type ClassEdit = {
  form: ClassForm;
  setForm: (change: Partial<ClassForm>) => void;
  errors: ClassErrors;
  isDirty: boolean;
  /** Somebody else saved this class since it was read here. */
  isBehind: boolean;
  save: () => void;
  undo: () => void;
  saving: ItemSave<ServiceClass>;
};

function isSame(left: ClassForm, right: ClassForm): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function toFormErrors(fields: Readonly<Record<string, string>>): ClassErrors {
  const errors: ClassErrors = {};
  for (const [name, message] of Object.entries(fields)) {
    const field = formFieldOf[name];
    if (field !== undefined) errors[field] = message;
  }
  return errors;
}

/** One class being typed: it follows the draft until something is typed, then keeps that until it is saved or undone. */
export function useClassEdit(
  draft: DraftServiceClass,
  groups: readonly MergeGroup<ServiceClass>[],
  onSaved: (saved: ServiceClass) => void,
): ClassEdit {
  const t = useTranslations();
  const [base, setBase] = useState({ item: draft.item, etag: draft.etag });
  const [form, setForm] = useState(() => toClassForm(draft.item));
  const [isTried, setTried] = useState(false);
  const isDirty = !isSame(form, toClassForm(base.item));

  const restart = (item: ServiceClass, etag: string) => {
    setBase({ item, etag });
    setForm(toClassForm(item));
    setTried(false);
  };
  const saving = useItemSave({
    path: policyPaths.serviceClass(draft.item.id),
    toBody: (item: ServiceClass) => item,
    currentSchema,
    groupsOf: () => groups,
    inForce: draft.inForce,
    onSaved: (saved) => {
      // The list was read anew before; its ETag arrives with the next rendering, which takes it up as nothing is typed.
      restart(saved, base.etag);
      onSaved(saved);
    },
  });

  const isBehind = draft.etag !== base.etag;
  if (isBehind && !isDirty && !saving.isSaving && saving.rows === null) restart(draft.item, draft.etag);

  const { item, errors } = readClassForm(t, form, draft.item.id);
  const refused = toFormErrors(saving.fields);
  return {
    form,
    setForm: (change) => {
      saving.reset();
      setForm((before) => ({ ...before, ...change }));
    },
    errors: isTried ? { ...refused, ...errors } : refused,
    isDirty,
    isBehind: isBehind && isDirty && !saving.isSaving,
    save: () => {
      setTried(true);
      if (item !== null && !saving.isSaving) saving.save({ base: base.item, etag: base.etag, yours: item });
    },
    undo: () => {
      saving.reset();
      restart(draft.item, draft.etag);
    },
    saving,
  };
}
