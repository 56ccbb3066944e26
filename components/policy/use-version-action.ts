"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { useGo } from "@/components/shell/leave-guard";
import { policyVersionSchema } from "@/lib/contracts/policy-admin";
import { readPolicyAnew } from "./use-policy";

/** Something that takes a reason and makes a version, whose page then opens. */
export function useVersionAction(path: string, onDone: () => void) {
  const client = useQueryClient();
  const go = useGo();
  return useMutation({
    mutationFn: (reason: string) => fetchJson(policyVersionSchema, path, { method: "POST", body: { reason } }),
    onSuccess: ({ version }) => {
      onDone();
      go(`/policy/versions/${version}`);
    },
    onSettled: () => readPolicyAnew(client),
  });
}
