"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { useNotify } from "@/components/ui/toast";
import type { WhiteListRule } from "@/lib/contracts/policy";
import { type EditRules, type EditRulesReply, editRulesReplySchema } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";
import { policyPaths, readPolicyAnew } from "./use-policy";

/** What became of rules that were sent, in words. */
export function describeReply(t: Translate, { added, removed, alreadyThere }: EditRulesReply): string {
  const parts: string[] = [];
  if (added > 0) parts.push(t("whiteLists.rulesAdded", { added }));
  if (removed > 0) parts.push(t("whiteLists.rulesRemoved", { removed }));
  if (alreadyThere > 0) parts.push(t("whiteLists.thereAlready", { alreadyThere }));
  return parts.length === 0 ? t("whiteLists.nothingChanged") : parts.join(", ");
}

export type RulesEdit = ReturnType<typeof useEditRules>;

/** Add and remove rules of one list; two people's additions both stay. A removal can be undone. */
export function useEditRules(id: string, name: string) {
  const t = useTranslations();
  const client = useQueryClient();
  const notify = useNotify();
  const write = useMutation({
    mutationFn: (body: EditRules) => fetchJson(editRulesReplySchema, policyPaths.rules(id), { method: "POST", body }),
    onSettled: () => readPolicyAnew(client),
  });
  const failed = (error: unknown) =>
    notify({ tone: "bad", title: t("whiteLists.theRulesOfWereNotChanged", { name }), detail: errorText(t, error) });
  const restore = (rules: readonly WhiteListRule[]) =>
    write.mutate(
      { add: [...rules], remove: [] },
      { onError: failed, onSuccess: (reply) => notify({ title: describeReply(t, reply) }) },
    );

  return {
    isBusy: write.isPending,
    /** Why the last change was not made; the notice of it is out of reach of an open dialog. */
    failure: write.isError ? errorText(t, write.error) : null,
    add: (rules: readonly WhiteListRule[], onAdded: () => void) =>
      write.mutate(
        { add: [...rules], remove: [] },
        {
          onError: failed,
          onSuccess: (reply) => {
            notify({ title: describeReply(t, reply) });
            onAdded();
          },
        },
      ),
    remove: (rules: readonly WhiteListRule[]) =>
      write.mutate(
        { add: [], remove: [...rules] },
        {
          onError: failed,
          onSuccess: (reply) =>
            notify({
              title: describeReply(t, reply),
              action: { label: t("whiteLists.undo"), run: () => restore(rules) },
            }),
        },
      ),
  };
}
