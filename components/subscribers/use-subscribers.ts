"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { queryString } from "@/components/api/query-string";
import { draftServiceClassListSchema, draftWhiteListListSchema } from "@/lib/contracts/policy-admin";
import { type SubscriberFilter, subscriberDetailSchema, subscriberListSchema } from "@/lib/contracts/subscribers";
import type { Choices } from "./prepare-subscriber";

/** One page of subscribers by MSISDN. */
export function useSubscribers(filter: SubscriberFilter, cursor: string | null) {
  return useQuery({
    queryKey: queryKeys.subscribers(filter, cursor),
    queryFn: ({ signal }) =>
      fetchJson(subscriberListSchema, `/api/subscribers${queryString({ ...filter, cursor, limit: 50 })}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function useSubscriber(id: string) {
  return useQuery({
    queryKey: queryKeys.subscriber(id),
    queryFn: ({ signal }) =>
      fetchJson(subscriberDetailSchema, `/api/subscribers/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 10_000,
  });
}

/** What a subscriber can have: the classes and extra white-lists of the policy in force. */
export function useSubscriberChoices() {
  return useQuery({
    queryKey: queryKeys.subscriberChoices,
    queryFn: async ({ signal }): Promise<Choices> => {
      const [classes, lists] = await Promise.all([
        fetchJson(draftServiceClassListSchema, "/api/policy/draft/service-classes", { signal }),
        fetchJson(draftWhiteListListSchema, "/api/policy/draft/white-lists", { signal }),
      ]);
      return {
        classes: classes.items.flatMap(({ inForce }) =>
          inForce === null ? [] : [{ id: inForce.id, name: inForce.name }],
        ),
        extraLists: lists.items
          .filter(({ item, change }) => item.audience === "extra" && change !== "added")
          .map(({ item }) => ({ id: item.id, name: item.name })),
      };
    },
    staleTime: 30_000,
  });
}
