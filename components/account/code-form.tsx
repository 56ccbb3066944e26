"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";

type CodeFormProps = {
  /** What is asked for: a password, or a code. */
  field: { label: string; type: "password" | "text"; autoComplete: string; hint?: string };
  confirmLabel: string;
  isDangerous?: boolean;
  isBusy: boolean;
  /** Why the last try failed. */
  failure: string | undefined;
  onConfirm: (text: string) => void;
  onClose: () => void;
  children?: ReactNode;
};

/** A step of a dialog that takes one secret thing. */
export function CodeForm(props: CodeFormProps) {
  const t = useTranslations();
  const { field, confirmLabel, isDangerous = false, isBusy, failure, onConfirm, onClose, children } = props;
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const isEmpty = text.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isEmpty && !isBusy) onConfirm(text);
  };
  return (
    <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4 p-4">
      {children}
      <Field
        label={field.label}
        type={field.type}
        autoComplete={field.autoComplete}
        hint={field.hint}
        data-first-focus
        maxLength={256}
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={isTried && isEmpty ? t("account.thisIsNeededToGoOn") : failure}
      />
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant={isDangerous ? "danger" : "primary"} disabled={isBusy}>
          {confirmLabel}
        </Button>
      </DialogActions>
    </form>
  );
}
