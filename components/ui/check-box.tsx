"use client";

import clsx from "clsx";
import { Check, Minus } from "lucide-react";
import { Checkbox } from "radix-ui";
import type { ReactNode } from "react";

type CheckBoxProps = {
  label: ReactNode;
  state: boolean | "some";
  onState: (isChecked: boolean) => void;
  isDisabled?: boolean;
  /** The label is for screen readers only: rows of a table. */
  isLabelHidden?: boolean;
  className?: string;
};

/** A box with its label; `some` where it stands for several that differ. */
export function CheckBox({
  label,
  state,
  onState,
  isDisabled = false,
  isLabelHidden = false,
  className,
}: CheckBoxProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control
    <label className={clsx("inline-flex min-h-6 min-w-6 items-center gap-2 align-middle text-sm", className)}>
      <Checkbox.Root
        checked={state === "some" ? "indeterminate" : state}
        disabled={isDisabled}
        onCheckedChange={(next) => onState(next === true)}
        className={clsx(
          "flex size-4.5 shrink-0 items-center justify-center rounded border border-control-line bg-surface",
          "disabled:cursor-not-allowed disabled:opacity-50",
          "data-[state=checked]:border-primary data-[state=checked]:bg-primary data-[state=checked]:text-on-primary",
          "data-[state=indeterminate]:border-primary data-[state=indeterminate]:bg-primary data-[state=indeterminate]:text-on-primary",
        )}
      >
        <Checkbox.Indicator>
          {state === "some" ? <Minus size={12} aria-hidden /> : <Check size={12} aria-hidden />}
        </Checkbox.Indicator>
      </Checkbox.Root>
      <span className={isLabelHidden ? "sr-only" : "min-w-0"}>{label}</span>
    </label>
  );
}
