import { useTranslations } from "next-intl";
import { Skeleton } from "./skeleton";

/** The outline of a table that is on its way. */
export function TableSkeleton({ rows }: { rows: number }) {
  const t = useTranslations();
  return (
    <div role="status" aria-label={t("common.loading")} className="flex flex-col gap-3 p-4">
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((key) => (
        <Skeleton key={key} className="h-6" />
      ))}
    </div>
  );
}
