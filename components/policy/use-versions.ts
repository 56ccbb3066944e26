"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { queryString } from "@/components/api/query-string";
import {
  type PolicyVersion,
  policyDiffSchema,
  policyVersionDetailSchema,
  policyVersionListSchema,
} from "@/lib/contracts/policy-admin";
import { policyPaths } from "./use-policy";

const waitingPollMs = 1000;
const restingPollMs = 10_000;

/** Whether a node has still to answer. */
export function isWaiting({ acks }: Pick<PolicyVersion, "acks">): boolean {
  return acks.some(({ state }) => state === "waiting");
}

/** One page of versions, newest first; it follows the acknowledgements while some are awaited. */
export function useVersions(cursor: string | null) {
  return useQuery({
    queryKey: queryKeys.policyVersions(cursor),
    queryFn: ({ signal }) =>
      fetchJson(policyVersionListSchema, `${policyPaths.versions}${queryString({ cursor, limit: 20 })}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some(isWaiting) ? waitingPollMs : restingPollMs),
  });
}

export function useVersion(version: number) {
  return useQuery({
    queryKey: queryKeys.policyVersion(version),
    queryFn: ({ signal }) => fetchJson(policyVersionDetailSchema, policyPaths.version(version), { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isWaiting(state.data) ? waitingPollMs : restingPollMs),
  });
}

export function useVersionDiff(version: number, against: number | null) {
  return useQuery({
    queryKey: queryKeys.policyVersionDiff(version, against ?? 0),
    queryFn: ({ signal }) =>
      fetchJson(policyDiffSchema, `${policyPaths.version(version)}/diff${queryString({ against })}`, { signal }),
    enabled: against !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
