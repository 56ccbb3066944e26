"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { useNotify } from "@/components/ui/toast";
import type { WhiteListRule } from "@/lib/contracts/policy";
import { type EditRules, type EditRulesReply, editRulesReplySchema } from "@/lib/contracts/policy-admin";
import { errorMessage } from "@/lib/shared/errors";
import { formatCount } from "./prepare-words";
import { policyPaths, readPolicyAnew } from "./use-policy";

/** What became of rules that were sent, in words. */
export function describeReply({ added, removed, alreadyThere }: EditRulesReply): string {
  const parts: string[] = [];
  if (added > 0) parts.push(`${formatCount(added, "rule", "rules")} added`);
  if (removed > 0) parts.push(`${formatCount(removed, "rule", "rules")} removed`);
  if (alreadyThere > 0) parts.push(`${alreadyThere.toLocaleString("en-GB")} there already`);
  return parts.length === 0 ? "Nothing changed" : parts.join(", ");
}

export type RulesEdit = ReturnType<typeof useEditRules>;

/** Add and remove rules of one list; two people's additions both stay. A removal can be undone. */
export function useEditRules(id: string, name: string) {
  const client = useQueryClient();
  const notify = useNotify();
  const write = useMutation({
    mutationFn: (body: EditRules) => fetchJson(editRulesReplySchema, policyPaths.rules(id), { method: "POST", body }),
    onSettled: () => readPolicyAnew(client),
  });
  const failed = (error: unknown) =>
    notify({ tone: "bad", title: `The rules of ${name} were not changed`, detail: errorMessage(error) });
  const restore = (rules: readonly WhiteListRule[]) =>
    write.mutate(
      { add: [...rules], remove: [] },
      { onError: failed, onSuccess: (reply) => notify({ title: describeReply(reply) }) },
    );

  return {
    isBusy: write.isPending,
    add: (rules: readonly WhiteListRule[], onAdded: () => void) =>
      write.mutate(
        { add: [...rules], remove: [] },
        {
          onError: failed,
          onSuccess: (reply) => {
            notify({ title: describeReply(reply) });
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
            notify({ title: describeReply(reply), action: { label: "Undo", run: () => restore(rules) } }),
        },
      ),
  };
}
