import clsx from "clsx";

/** A place held while data is on its way; silent for screen readers. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx("block animate-pulse rounded bg-sunken", className)} />;
}
