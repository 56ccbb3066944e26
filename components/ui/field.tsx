"use client";

import clsx from "clsx";
import { Eye, EyeOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ComponentProps, type ReactNode, useState } from "react";
import { type ControlSize, controlClass, FieldFrame } from "./field-frame";

type FieldProps = Omit<ComponentProps<"input">, "id" | "size"> & {
  label: string;
  aside?: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  size?: ControlSize;
  isLabelHidden?: boolean;
};

/** A labelled input; its error replaces the hint and is announced. A password field has a show toggle. */
export function Field(props: FieldProps) {
  const t = useTranslations();
  const { label, aside, hint, error, size = "md", isLabelHidden = false, type = "text", className, ...rest } = props;
  const [isShown, setShown] = useState(false);
  const isPassword = type === "password";
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
        <div className="relative">
          <input
            {...control}
            type={isPassword && isShown ? "text" : type}
            className={clsx(controlClass(size, error !== undefined), isPassword && "pr-11")}
            {...rest}
          />
          {isPassword ? (
            <button
              type="button"
              aria-pressed={isShown}
              aria-label={isShown ? t("common.hidePassword") : t("common.showPassword")}
              onClick={() => setShown(!isShown)}
              className="absolute top-1 right-1 flex size-8 items-center justify-center rounded text-ink-3 hover:bg-sunken hover:text-ink"
            >
              {isShown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
            </button>
          ) : null}
        </div>
      )}
    </FieldFrame>
  );
}
