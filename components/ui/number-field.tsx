"use client";

import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { controlClass, FieldFrame } from "./field-frame";

type NumberFieldProps = {
  label: string;
  /** As typed: what is not a number stays on screen, with its error. */
  text: string;
  onText: (text: string) => void;
  /** Shown inside the field; `units` makes it a choice. */
  unit?: string;
  units?: readonly string[];
  onUnit?: (unit: string) => void;
  placeholder?: string | undefined;
  aside?: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  isDisabled?: boolean;
  isLabelHidden?: boolean;
  className?: string;
};

/** A number with its unit. A text field with a numeric keyboard: it neither scrolls by the wheel nor drops what it cannot read. */
export function NumberField(props: NumberFieldProps) {
  const t = useTranslations();
  const { label, text, onText, unit, units, onUnit, placeholder, aside, hint, error } = props;
  const { isDisabled = false, isLabelHidden = false, className } = props;
  return (
    <FieldFrame
      label={label}
      aside={aside}
      hint={hint}
      error={error}
      isLabelHidden={isLabelHidden}
      className={className}
    >
      {(control) => (
        <div className="relative flex">
          <input
            {...control}
            inputMode="decimal"
            autoComplete="off"
            value={text}
            placeholder={placeholder}
            disabled={isDisabled}
            onChange={(event) => onText(event.target.value)}
            className={clsx(
              controlClass("sm", error !== undefined, "min-w-0 grow"),
              "tnum",
              units === undefined ? unit !== undefined && (unit.length > 2 ? "pr-16" : "pr-9") : "rounded-r-none",
            )}
          />
          {units === undefined || onUnit === undefined ? (
            <span className="pointer-events-none absolute inset-y-0 right-2.5 flex items-center text-ink-3 text-sm">
              {unit}
            </span>
          ) : (
            <span className="relative shrink-0">
              <select
                aria-label={t("common.unitOf", { label })}
                value={unit}
                disabled={isDisabled}
                onChange={(event) => onUnit(event.target.value)}
                className={clsx(controlClass("sm", false, "w-22"), "appearance-none rounded-l-none border-l-0 pr-6")}
              >
                {units.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
              <ChevronDown
                size={14}
                aria-hidden
                className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 text-ink-3"
              />
            </span>
          )}
        </div>
      )}
    </FieldFrame>
  );
}
