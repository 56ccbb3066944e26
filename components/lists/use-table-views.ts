"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson, noContent } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { useNotify } from "@/components/ui/toast";
import type { ListedTable, TableView, TableViewInput } from "@/lib/contracts/table-views";

const viewShape = async () => (await import("@/lib/contracts/table-views")).tableViewSchema;
const viewListShape = async () => (await import("@/lib/contracts/table-views")).tableViewListSchema;

/** One's own views of a list. */
export function useTableViews(table: ListedTable) {
  return useQuery({
    queryKey: queryKeys.tableViews(table),
    queryFn: ({ signal }) => fetchJson(viewListShape, `/api/account/views?table=${table}`, { signal }),
  });
}

export function useKeepView(table: ListedTable) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: TableViewInput) => fetchJson(viewShape, "/api/account/views", { method: "POST", body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.tableViews(table) }),
  });
}

/** Deletes a view, which can be undone as long as the notice stands. */
export function useDeleteView(table: ListedTable) {
  const t = useTranslations();
  const queries = useQueryClient();
  const notify = useNotify();
  const keep = useKeepView(table);
  const notKept = (error: Error) => notify({ tone: "bad", title: t("common.notSaved"), detail: errorText(t, error) });
  return useMutation({
    mutationFn: ({ id }: TableView) => fetchJson(noContent, `/api/account/views/${id}`, { method: "DELETE" }),
    onSuccess: (_, { id: _id, ...view }) => {
      void queries.invalidateQueries({ queryKey: queryKeys.tableViews(table) });
      notify({
        title: t("lists.theViewWasDeleted", { name: view.name }),
        action: { label: t("lists.undo"), run: () => keep.mutate(view, { onError: notKept }) },
      });
    },
    onError: (error, { name }) =>
      notify({ tone: "bad", title: t("lists.theViewWasNotDeleted", { name }), detail: errorText(t, error) }),
  });
}
