"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { useNotify } from "@/components/ui/toast";
import { draftSchema } from "@/lib/contracts/policy-admin";
import { policyPaths, readPolicyAnew } from "./use-policy";

/** Make the draft as in force again, where it is still the one with this ETag. */
export function useDiscardAll(etag: string, onDone: () => void) {
  const t = useTranslations();
  const client = useQueryClient();
  const notify = useNotify();
  return useMutation({
    mutationFn: () =>
      fetchJson(draftSchema, policyPaths.discard, {
        method: "POST",
        body: { item: null },
        condition: { ifMatch: etag },
      }),
    onSuccess: () => {
      notify({ title: t("policy.theDraftIsAsInForce") });
      onDone();
    },
    onError: (error) =>
      notify({ tone: "bad", title: t("policy.theDraftWasNotDiscarded"), detail: errorText(t, error) }),
    onSettled: () => readPolicyAnew(client),
  });
}
