"use client";

import clsx from "clsx";
import { type ReactNode, useId } from "react";

/** `sm` for dense forms and tool bars. */
export type ControlSize = "sm" | "md";

/** What a control takes from its frame: its id, and what describes it. */
export type ControlProps = {
  id: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
};

/** The classes of anything that is typed into or chosen from. */
export function controlClass(size: ControlSize, isWrong = false, width = "w-full"): string {
  return clsx(
    width,
    "rounded-md border bg-surface text-ink placeholder:text-ink-3",
    "focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent",
    "disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-2",
    size === "md" ? "h-10 px-3 text-base" : "h-8 px-2.5 text-sm",
    isWrong ? "border-bad" : "border-control-line",
  );
}

type FieldFrameProps = {
  label: ReactNode;
  /** At the right of the label: a marker, a count. */
  aside?: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  isLabelHidden?: boolean;
  className?: string | undefined;
  children: (control: ControlProps) => ReactNode;
};

/** A label, one control, and its hint; an error replaces the hint and is announced. */
export function FieldFrame(props: FieldFrameProps) {
  const { label, aside, hint, error, isLabelHidden = false, className, children } = props;
  const id = useId();
  const helpId = `${id}-help`;
  const hasHelp = error !== undefined || hint !== undefined;
  return (
    <div className={clsx("min-w-0", className)}>
      <div
        className={clsx("flex flex-wrap items-baseline justify-between gap-x-2", isLabelHidden ? "sr-only" : "mb-1.5")}
      >
        <label htmlFor={id} className="block font-medium text-sm">
          {label}
        </label>
        {aside}
      </div>
      {children({
        id,
        "aria-invalid": error === undefined ? undefined : true,
        "aria-describedby": hasHelp ? helpId : undefined,
      })}
      {hasHelp ? (
        <p
          id={helpId}
          role={error === undefined ? undefined : "alert"}
          className={clsx("mt-1.5 text-sm", error === undefined ? "text-ink-3" : "text-bad")}
        >
          {error ?? hint}
        </p>
      ) : null}
    </div>
  );
}
