"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { queryString } from "@/components/api/query-string";
import { auditListSchema } from "@/lib/contracts/audit";

/** What is looked for; empty text and null ask for nothing. */
export type AuditQuestion = { actor: string; action: string; target: string; from: string | null; to: string | null };

/** One page of the audit log, newest first. */
export function useAudit(question: AuditQuestion, cursor: string | null) {
  return useQuery({
    queryKey: queryKeys.audit(question, cursor),
    queryFn: ({ signal }) =>
      fetchJson(auditListSchema, `/api/audit${queryString({ ...question, cursor, limit: 50 })}`, { signal }),
    placeholderData: keepPreviousData,
  });
}
