"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import * as z from "zod";
import { type DraftNetworks, draftNetworksSchema, networksSchema } from "@/lib/contracts/policy-admin";
import {
  fromNetworkLines,
  type NetworkLines,
  type NetworksForm,
  type NetworksRead,
  networkMergeGroups,
  readNetworksForm,
  toNetworkLines,
  toNetworksForm,
} from "./prepare-networks";
import { type ItemSave, useItemSave } from "./use-item-save";
import { policyPaths } from "./use-policy";

/** What 412 brings along: the networks, or with what the draft says about them. */
const currentSchema = z.union([
  draftNetworksSchema.transform(({ item }) => toNetworkLines(item)),
  networksSchema.transform(toNetworkLines),
]);

export type NetworksEdit = {
  form: NetworksForm;
  setForm: (change: Partial<NetworksForm>) => void;
  read: NetworksRead;
  isDirty: boolean;
  isBehind: boolean;
  isTried: boolean;
  save: () => void;
  undo: () => void;
  saving: ItemSave<NetworkLines>;
};

/** The networks being typed: they follow the draft until something is typed, then keep that until saved or undone. */
export function useNetworksEdit(draft: DraftNetworks, onSaved: () => void): NetworksEdit {
  const t = useTranslations();
  const [base, setBase] = useState({ item: draft.item, etag: draft.etag });
  const [form, setForm] = useState(() => toNetworksForm(draft.item));
  const [isTried, setTried] = useState(false);
  const read = readNetworksForm(t, form);
  const isDirty = JSON.stringify(read.item) !== JSON.stringify(base.item);

  const restart = (item: DraftNetworks["item"], etag: string) => {
    setBase({ item, etag });
    setForm(toNetworksForm(item));
    setTried(false);
  };
  const saving = useItemSave({
    path: policyPaths.networks,
    toBody: fromNetworkLines,
    currentSchema,
    groupsOf: ({ base: before, yours, theirs }) => networkMergeGroups(t, [before, theirs, yours]),
    inForce: null,
    onSaved: (saved) => {
      restart(fromNetworkLines(saved), base.etag);
      onSaved();
    },
  });
  const isBehind = draft.etag !== base.etag;
  if (isBehind && !isDirty && !saving.isSaving && saving.rows === null) restart(draft.item, draft.etag);

  return {
    form,
    setForm: (change) => {
      saving.reset();
      setForm((before) => ({ ...before, ...change }));
    },
    read,
    isDirty,
    isBehind: isBehind && isDirty && !saving.isSaving,
    isTried,
    save: () => {
      setTried(true);
      if (read.rowErrors.size > 0 || read.rangesError !== undefined || saving.isSaving) return;
      saving.save({ base: toNetworkLines(base.item), etag: base.etag, yours: toNetworkLines(read.item) });
    },
    undo: () => {
      saving.reset();
      restart(draft.item, draft.etag);
    },
    saving,
  };
}
