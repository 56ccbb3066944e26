"use client";

import clsx from "clsx";
import { RadioGroup } from "radix-ui";
import type { ReactNode } from "react";

export type Choice<T extends string> = { value: T; label: ReactNode; note?: ReactNode; isDisabled?: boolean };

type ChoiceCardsProps<T extends string> = {
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onValue: (value: T) => void;
  isDisabled?: boolean;
  className?: string;
};

/** One of a few, each with a line that explains it; arrow keys move the choice. */
export function ChoiceCards<T extends string>(props: ChoiceCardsProps<T>) {
  const { label, value, choices, onValue, isDisabled = false, className } = props;
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      disabled={isDisabled}
      onValueChange={(next) => {
        const choice = choices.find((candidate) => candidate.value === next);
        if (choice !== undefined) onValue(choice.value);
      }}
      className={clsx("flex flex-col overflow-hidden rounded-md border border-line", className)}
    >
      {choices.map((choice) => (
        <RadioGroup.Item
          key={choice.value}
          value={choice.value}
          disabled={choice.isDisabled ?? false}
          className={clsx(
            "group flex items-start gap-2.5 border-line border-b px-3 py-2 text-left transition-colors last:border-b-0",
            "hover:bg-sunken/60 focus-visible:outline-offset-[-2px] disabled:cursor-not-allowed",
            "data-[state=checked]:bg-accent-soft",
          )}
        >
          <span className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-control-line bg-surface group-data-[state=checked]:border-accent">
            <span className="hidden size-2 rounded-full bg-accent group-data-[state=checked]:block" />
          </span>
          <span className="min-w-0">
            <span className="block font-medium text-sm">{choice.label}</span>
            {choice.note === undefined ? null : <span className="block text-ink-2 text-xs">{choice.note}</span>}
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
