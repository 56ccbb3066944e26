"use client";

import clsx from "clsx";
import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useId, useState } from "react";

type FieldProps = Omit<ComponentProps<"input">, "id"> & { label: string; hint?: ReactNode; error?: string | undefined };

const inputClass =
  "h-10 w-full rounded-md border bg-surface px-3 text-base text-ink placeholder:text-ink-3 " +
  "focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent";

/** A labelled input; its error replaces the hint and is announced. A password field has a show toggle. */
export function Field({ label, hint, error, type = "text", className, ...rest }: FieldProps) {
  const id = useId();
  const [isShown, setShown] = useState(false);
  const isPassword = type === "password";
  const helpId = `${id}-help`;
  const hasHelp = error !== undefined || hint !== undefined;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block font-medium text-sm">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          type={isPassword && isShown ? "text" : type}
          aria-invalid={error === undefined ? undefined : true}
          aria-describedby={hasHelp ? helpId : undefined}
          className={clsx(
            inputClass,
            error === undefined ? "border-control-line" : "border-bad",
            isPassword && "pr-11",
          )}
          {...rest}
        />
        {isPassword ? (
          <button
            type="button"
            aria-pressed={isShown}
            aria-label={isShown ? "Hide password" : "Show password"}
            onClick={() => setShown(!isShown)}
            className="absolute top-1 right-1 flex size-8 items-center justify-center rounded text-ink-3 hover:bg-sunken hover:text-ink"
          >
            {isShown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
          </button>
        ) : null}
      </div>
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
