"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import * as z from "zod";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { lostUpdateOf } from "@/components/api/lost-update";
import {
  applyMerge,
  isOnlyYours,
  type MergeGroup,
  type MergeRow,
  type MergeSide,
  type MergeSources,
  prepareMerge,
} from "@/components/ui/prepare-merge";
import { readPolicyAnew } from "./use-policy";

/** A save: what is to be stored, on top of what was read. */
export type Attempt<T> = { base: T; etag: string; yours: T };
type Conflict<T> = Attempt<T> & { theirs: T };

type ItemSaveOptions<T, Body> = {
  path: string;
  toBody: (item: T) => Body;
  /** Reads what 412 brings along. */
  currentSchema: z.ZodType<T>;
  /** What is chosen together, where two saves meet. */
  groupsOf: (sources: MergeSources<T>) => readonly MergeGroup<T>[];
  inForce: T | null;
  onSaved: (saved: T) => void;
};

export type ItemSave<T> = {
  save: (attempt: Attempt<T>) => void;
  isSaving: boolean;
  /** Why it failed, unless somebody was faster: that is `rows`. */
  failure: string | null;
  fields: Readonly<Record<string, string>>;
  /** Somebody was faster: what to choose between; null else. */
  rows: readonly MergeRow[] | null;
  /** The item that the choices make, to be saved on top of what is there now; null: go on typing. */
  resolve: (choices: Record<string, MergeSide> | null) => T | null;
  reset: () => void;
};

/**
 * Save an item of the draft under its ETag. Where somebody was faster, a change that touches none of theirs is put on
 * top; for the rest a person has to choose.
 */
export function useItemSave<T extends object, Body>(options: ItemSaveOptions<T, Body>): ItemSave<T> {
  const { path, toBody, currentSchema, groupsOf, inForce, onSaved } = options;
  const client = useQueryClient();
  const [conflict, setConflict] = useState<Conflict<T> | null>(null);

  const put = (item: T, etag: string) =>
    fetchJson(z.unknown(), path, { method: "PUT", body: toBody(item), condition: { ifMatch: etag } });

  const t = useTranslations();
  const write = useMutation({
    mutationFn: async (attempt: Attempt<T>) => {
      let saved = attempt.yours;
      try {
        await put(saved, attempt.etag);
      } catch (error) {
        const current = lostUpdateOf(error, currentSchema);
        if (current === null) throw error;
        const sources = { base: attempt.base, yours: attempt.yours, theirs: current.item, inForce };
        const groups = groupsOf(sources);
        const rows = prepareMerge(groups, sources);
        if (!isOnlyYours(rows)) {
          setConflict({ ...attempt, theirs: current.item, etag: current.etag });
          throw error;
        }
        saved = applyMerge(groups, sources, Object.fromEntries(rows.map(({ key, proposed }) => [key, proposed])));
        await put(saved, current.etag);
      }
      await readPolicyAnew(client);
      return saved;
    },
    onSuccess: (saved) => {
      setConflict(null);
      onSaved(saved);
    },
  });

  const met = conflict === null ? null : { ...conflict, inForce };
  return {
    save: write.mutate,
    isSaving: write.isPending,
    failure: write.isError && conflict === null ? errorText(t, write.error) : null,
    fields: fieldTexts(t, write.error),
    rows: met === null ? null : prepareMerge(groupsOf(met), met),
    resolve: (choices) => {
      if (choices === null || conflict === null || met === null) {
        setConflict(null);
        write.reset();
        return null;
      }
      const merged = applyMerge(groupsOf(met), met, choices);
      write.mutate({ base: conflict.theirs, etag: conflict.etag, yours: merged });
      return merged;
    },
    reset: write.reset,
  };
}
