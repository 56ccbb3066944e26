"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as z from "zod";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { useNotify } from "@/components/ui/toast";
import type { ChangeKind, DraftCollection } from "@/lib/contracts/policy-admin";
import { policyPaths, readPolicyAnew } from "./use-policy";

type DraftItem = {
  collection: DraftCollection;
  id: string;
  name: string;
  path: string;
  etag: string;
  /** Null: it is as in force. */
  change: ChangeKind | null;
};

/** Take an item's change back to what is in force, or remove the item from the draft. */
export function useDraftItem({ collection, id, name, path, etag, change }: DraftItem) {
  const t = useTranslations();
  const client = useQueryClient();
  const notify = useNotify();

  const discard = useMutation({
    mutationFn: () =>
      fetchJson(z.unknown(), policyPaths.discard, { method: "POST", body: { item: { collection, id } } }),
    onSuccess: () => notify({ title: t("policy.isAsInForceAgain", { name }) }),
    onError: (error) =>
      notify({ tone: "bad", title: t("policy.theChangeOfWasNotDiscarded", { name }), detail: errorText(t, error) }),
    onSettled: () => readPolicyAnew(client),
  });

  const remove = useMutation({
    mutationFn: () => fetchJson(z.unknown(), path, { method: "DELETE", condition: { ifMatch: etag } }),
    onSuccess: () =>
      notify({
        title: t("policy.isRemovedFromTheDraft", { name }),
        // Back to what is in force: edits that it had are not brought back.
        ...(change === null ? { action: { label: t("policy.undo"), run: () => discard.mutate() } } : {}),
      }),
    onError: (error) =>
      notify({ tone: "bad", title: t("policy.wasNotRemoved", { name }), detail: errorText(t, error) }),
    onSettled: () => readPolicyAnew(client),
  });

  return {
    discard: () => discard.mutate(),
    remove: () =>
      remove.mutateAsync().then(
        () => true,
        () => false,
      ),
    isBusy: discard.isPending || remove.isPending,
  };
}
