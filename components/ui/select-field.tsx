"use client";

import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { type ControlSize, controlClass, FieldFrame } from "./field-frame";

export type SelectOption<T extends string> = { value: T; label: string; isDisabled?: boolean };

type SelectFieldProps<T extends string> = {
  label: string;
  value: T;
  options: readonly SelectOption<T>[];
  onValue: (value: T) => void;
  aside?: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  isDisabled?: boolean;
  isLabelHidden?: boolean;
  size?: ControlSize;
  className?: string;
};

/** One of many. The browser's own list: it knows every keyboard, screen reader and phone. */
export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { label, value, options, onValue, aside, hint, error, isDisabled = false, isLabelHidden = false } = props;
  return (
    <FieldFrame
      label={label}
      aside={aside}
      hint={hint}
      error={error}
      isLabelHidden={isLabelHidden}
      className={props.className}
    >
      {(control) => (
        <div className="relative">
          <select
            {...control}
            value={value}
            disabled={isDisabled}
            onChange={(event) => {
              const option = options.find((candidate) => candidate.value === event.target.value);
              if (option !== undefined) onValue(option.value);
            }}
            className={clsx(controlClass(props.size ?? "sm", error !== undefined), "appearance-none truncate pr-8")}
          >
            {options.map((option) => (
              <option key={option.value} value={option.value} disabled={option.isDisabled}>
                {option.label}
              </option>
            ))}
          </select>
          <ChevronDown
            size={14}
            aria-hidden
            className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-ink-3"
          />
        </div>
      )}
    </FieldFrame>
  );
}
