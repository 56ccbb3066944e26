"use client";

import { keepPreviousData, type QueryClient, useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { queryString } from "@/components/api/query-string";
import type { WhiteListRule } from "@/lib/contracts/policy";

const draftNetworksShape = async () => (await import("@/lib/contracts/policy-admin")).draftNetworksSchema;
const draftShape = async () => (await import("@/lib/contracts/policy-admin")).draftSchema;
const draftServiceClassListShape = async () =>
  (await import("@/lib/contracts/policy-admin")).draftServiceClassListSchema;
const draftWhiteListListShape = async () => (await import("@/lib/contracts/policy-admin")).draftWhiteListListSchema;
const findingListShape = async () => (await import("@/lib/contracts/policy-admin")).findingListSchema;
const policyDiffShape = async () => (await import("@/lib/contracts/policy-admin")).policyDiffSchema;
const policyImpactShape = async () => (await import("@/lib/contracts/policy-admin")).policyImpactSchema;
const ruleListShape = async () => (await import("@/lib/contracts/policy-admin")).ruleListSchema;

/** Other staff edit the same draft: how often to look. */
const draftPollMs = 5000;

export const policyPaths = {
  draft: "/api/policy/draft",
  discard: "/api/policy/draft/discard",
  classes: "/api/policy/draft/service-classes",
  serviceClass: (id: string) => `/api/policy/draft/service-classes/${encodeURIComponent(id)}`,
  whiteLists: "/api/policy/draft/white-lists",
  whiteList: (id: string) => `/api/policy/draft/white-lists/${encodeURIComponent(id)}`,
  rules: (id: string) => `/api/policy/draft/white-lists/${encodeURIComponent(id)}/rules`,
  networks: "/api/policy/draft/networks",
  findings: "/api/policy/draft/findings",
  diff: "/api/policy/draft/diff",
  impact: "/api/policy/draft/impact",
  publish: "/api/policy/publish",
  versions: "/api/policy/versions",
  version: (version: number) => `/api/policy/versions/${version}`,
  promote: "/api/policy/canary/promote",
  revert: "/api/policy/canary/revert",
  simulate: "/api/policy/simulate",
} as const;

export function useDraft() {
  return useQuery({
    queryKey: queryKeys.policyDraft,
    queryFn: ({ signal }) => fetchJson(draftShape, policyPaths.draft, { signal }),
    refetchInterval: draftPollMs,
  });
}

const classesQuery = {
  queryKey: queryKeys.draftClasses,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    fetchJson(draftServiceClassListShape, policyPaths.classes, { signal }),
};

export function useDraftClasses() {
  return useQuery({ ...classesQuery, refetchInterval: draftPollMs });
}

const whiteListsQuery = {
  queryKey: queryKeys.draftWhiteLists,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    fetchJson(draftWhiteListListShape, policyPaths.whiteLists, { signal }),
};

export function useDraftWhiteLists() {
  return useQuery({ ...whiteListsQuery, refetchInterval: draftPollMs });
}

const networksQuery = {
  queryKey: queryKeys.draftNetworks,
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchJson(draftNetworksShape, policyPaths.networks, { signal }),
};

export function useDraftNetworks() {
  return useQuery({ ...networksQuery, refetchInterval: draftPollMs });
}

/** After a write: everything of policy is stale; answers once what the page edits is read anew. */
export async function readPolicyAnew(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: queryKeys.allPolicy });
}

export type RuleQuery = { search: string; kind: WhiteListRule["kind"] | "all"; cursor: string | null };

export function useRules(id: string, { search, kind, cursor }: RuleQuery) {
  return useQuery({
    queryKey: queryKeys.draftRules(id, search, kind, cursor),
    queryFn: ({ signal }) => {
      const query = queryString({ search, kind: kind === "all" ? null : kind, cursor, limit: 50 });
      return fetchJson(ruleListShape, `${policyPaths.rules(id)}${query}`, { signal });
    },
    placeholderData: keepPreviousData,
    refetchInterval: cursor === null ? draftPollMs : false,
  });
}

/** @param etag of the draft, or of what of it is looked at: another one is asked for anew, and nothing old is shown */
export function useFindings(etag: string, isWanted = true) {
  return useQuery({
    queryKey: queryKeys.draftFindings(etag),
    queryFn: ({ signal }) => fetchJson(findingListShape, policyPaths.findings, { signal }),
    enabled: isWanted,
  });
}

export function useDraftDiff(etag: string) {
  return useQuery({
    queryKey: queryKeys.draftDiff(etag),
    queryFn: ({ signal }) => fetchJson(policyDiffShape, policyPaths.diff, { signal }),
  });
}

export function useImpact(etag: string) {
  return useQuery({
    queryKey: queryKeys.draftImpact(etag),
    queryFn: ({ signal }) => fetchJson(policyImpactShape, policyPaths.impact, { signal }),
  });
}
