import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import { type ComponentProps, useId } from "react";

type SelectProps = Omit<ComponentProps<"select">, "id" | "onChange"> & {
  label: string;
  isLabelHidden?: boolean;
  options: readonly { value: string; label: string }[];
  onValue: (value: string) => void;
};

/** The browser's own select, dressed: right on touch screens and for assistive technology without a script. */
export function Select({ label, isLabelHidden = false, options, onValue, className, ...rest }: SelectProps) {
  const id = useId();
  return (
    <div className={clsx("relative", className)}>
      <label htmlFor={id} className={isLabelHidden ? "sr-only" : "mb-1 block text-ink-3 text-xs"}>
        {label}
      </label>
      <select
        id={id}
        onChange={(event) => onValue(event.target.value)}
        className="h-8 w-full appearance-none rounded-md border border-control-line bg-surface pr-8 pl-3 text-sm disabled:opacity-50"
        {...rest}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown size={14} aria-hidden className="pointer-events-none absolute right-2.5 bottom-2 text-ink-3" />
    </div>
  );
}
