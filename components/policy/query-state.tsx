import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { errorText } from "@/components/api/error-text";
import { ErrorState } from "@/components/ui/error-state";
import { TableSkeleton } from "@/components/ui/table-skeleton";

type QueryStateProps<T> = {
  query: UseQueryResult<T>;
  /** What could not be read: "The findings could not be read". */
  failed: string;
  rows?: number;
  children: (data: T) => ReactNode;
};

/** What a query gave; while it is on its way its outline, and where it failed the remedy. */
export function QueryState<T>({ query, failed, rows = 4, children }: QueryStateProps<T>) {
  const t = useTranslations();
  if (query.data !== undefined) return children(query.data);
  if (query.isError)
    return (
      <ErrorState className="m-4" title={failed} detail={errorText(t, query.error)} onRetry={() => query.refetch()} />
    );
  return <TableSkeleton rows={rows} />;
}
