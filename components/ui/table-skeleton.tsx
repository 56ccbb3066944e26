import { Skeleton } from "./skeleton";

/** The outline of a table that is on its way. */
export function TableSkeleton({ rows }: { rows: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3 p-4">
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((key) => (
        <Skeleton key={key} className="h-6" />
      ))}
    </div>
  );
}
