"use client";

import clsx from "clsx";
import type { ComponentProps, ReactNode } from "react";
import { controlClass, FieldFrame } from "./field-frame";

type TextAreaProps = Omit<ComponentProps<"textarea">, "id"> & {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
};

/** A labelled text of several lines. */
export function TextArea({ label, hint, error, rows = 3, className, ...rest }: TextAreaProps) {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(control) => (
        <textarea
          {...control}
          rows={rows}
          className={clsx(controlClass("sm", error !== undefined), "h-auto resize-y py-2", className)}
          {...rest}
        />
      )}
    </FieldFrame>
  );
}
