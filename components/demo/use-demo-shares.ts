"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { useNotify } from "@/components/ui/toast";
import { demoShareListSchema, demoShareSchema, newDemoShareSchema } from "@/lib/contracts/demo-shares";

/** The links of a run, and what can be done with them. */
export function useDemoShares(runId: string) {
  const t = useTranslations();
  const queries = useQueryClient();
  const notify = useNotify();
  const path = `/api/demo/runs/${encodeURIComponent(runId)}/shares`;
  const renew = () => void queries.invalidateQueries({ queryKey: queryKeys.demoShares(runId) });
  const shares = useQuery({
    queryKey: queryKeys.demoShares(runId),
    queryFn: ({ signal }) => fetchJson(demoShareListSchema, path, { signal }),
  });
  const making = useMutation({
    mutationFn: () => fetchJson(newDemoShareSchema, path, { method: "POST" }),
    onSuccess: renew,
    onError: (error) => notify({ tone: "bad", title: t("demo.noLinkWasMade"), detail: errorText(t, error) }),
  });
  const revoking = useMutation({
    mutationFn: (id: string) => fetchJson(demoShareSchema, `/api/demo/shares/${id}/revoke`, { method: "POST" }),
    onSuccess: renew,
    onError: (error) => notify({ tone: "bad", title: t("demo.theLinkWasNotRevoked"), detail: errorText(t, error) }),
  });
  return { shares, making, revoking };
}
