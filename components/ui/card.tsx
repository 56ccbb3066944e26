import clsx from "clsx";
import { type ReactNode, useId } from "react";

type CardProps = {
  title?: ReactNode;
  /** One line under the title: what the figures mean. */
  note?: ReactNode;
  /** Controls and chips at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Without inner padding: tables that reach the edges. */
  isFlush?: boolean;
  /** What is inside may grow with the card, which its neighbour stretches. */
  isFilled?: boolean;
};

/** A titled surface; a section named by its title. */
export function Card({ title, note, actions, children, className, isFlush = false, isFilled = false }: CardProps) {
  const titleId = useId();
  return (
    <section
      aria-labelledby={title === undefined ? undefined : titleId}
      className={clsx("flex min-w-0 flex-col rounded-lg border border-line bg-surface", className)}
    >
      {title === undefined ? null : (
        <header className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2 px-4 pt-3 pb-2">
          <div className="min-w-0 grow basis-40">
            <h2 id={titleId} className="font-semibold text-base">
              {title}
            </h2>
            {note === undefined ? null : <p className="text-ink-3 text-xs">{note}</p>}
          </div>
          {actions === undefined ? null : <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div
        className={clsx(
          "min-w-0 grow",
          isFilled && "flex flex-col",
          isFlush ? "" : title === undefined ? "p-4" : "px-4 pb-4",
        )}
      >
        {children}
      </div>
    </section>
  );
}
