import clsx from "clsx";
import type { ReactNode } from "react";

type EmptyStateProps = { icon?: ReactNode; title: string; children?: ReactNode; className?: string };

/** Nothing here yet: what it means, and the next step. */
export function EmptyState({ icon, title, children, className }: EmptyStateProps) {
  return (
    <div className={clsx("flex flex-col items-center justify-center gap-1 px-6 py-10 text-center", className)}>
      {icon === undefined ? null : <div className="mb-2 text-ink-3">{icon}</div>}
      <p className="font-medium text-base">{title}</p>
      {children === undefined ? null : <div className="max-w-md text-ink-2 text-sm">{children}</div>}
    </div>
  );
}
