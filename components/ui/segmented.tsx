"use client";

import clsx from "clsx";
import { RadioGroup } from "radix-ui";
import type { ReactNode } from "react";

type SegmentedProps<T extends string> = {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode; name?: string }[];
  onValue: (value: T) => void;
  isDisabled?: boolean;
  /** For narrow places. */
  isCompact?: boolean;
  className?: string;
};

/** One of a few, side by side; arrow keys move the choice. `name` is spoken where the label is an icon. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const { label, value, options, onValue, isDisabled = false, isCompact = false, className } = props;
  return (
    <RadioGroup.Root
      aria-label={label}
      orientation="horizontal"
      value={value}
      disabled={isDisabled}
      onValueChange={(next) => {
        const option = options.find((candidate) => candidate.value === next);
        if (option !== undefined) onValue(option.value);
      }}
      className={clsx("inline-flex h-8 items-stretch rounded-md border border-line bg-sunken p-0.5", className)}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          aria-label={option.name}
          title={option.name}
          className={clsx(
            "inline-flex min-h-6 min-w-7 grow items-center justify-center gap-1.5 whitespace-nowrap rounded-[5px] font-medium text-ink-2 text-sm transition-colors",
            isCompact ? "px-1.5" : "px-2.5",
            "hover:text-ink disabled:cursor-not-allowed disabled:opacity-60",
            "data-[state=checked]:bg-surface data-[state=checked]:text-ink data-[state=checked]:shadow-[0_0_0_1px_var(--line-strong)]",
          )}
        >
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
