"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "./button";
import { DialogActions } from "./confirm-dialog";
import { Dialog } from "./dialog";
import { ErrorState } from "./error-state";
import { TextArea } from "./text-area";

const shortest = 3;

type ReasonFormProps = {
  /** What is about to happen. */
  children?: ReactNode;
  confirmLabel: string;
  isDangerous?: boolean;
  isBusy: boolean;
  /** Why the last try failed. */
  failure: string | null;
  onConfirm: (reason: string) => void;
  onClose: () => void;
};

type ReasonDialogProps = ReasonFormProps & { isOpen: boolean; title: string };

/** Something that takes a reason, which the audit log keeps. What was typed stays when it fails. */
export function ReasonDialog({ isOpen, title, ...form }: ReasonDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={form.onClose} title={title}>
      <ReasonForm {...form} />
    </Dialog>
  );
}

function ReasonForm(props: ReasonFormProps) {
  const t = useTranslations();
  const { children, confirmLabel, isDangerous = false, isBusy, failure, onConfirm, onClose } = props;
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isTooShort = reason.trim().length < shortest;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isTooShort && !isBusy) onConfirm(reason.trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4">
      {children === undefined ? null : <div className="text-ink-2 text-sm">{children}</div>}
      <TextArea
        label={t("common.reason")}
        data-first-focus
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        hint={t("common.keptWithTheChangeForWhoever")}
        error={isTried && isTooShort ? t("common.sayWhyInAFewWords") : undefined}
      />
      {failure === null ? null : <ErrorState title={t("common.itWasNotDone")} detail={failure} />}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant={isDangerous ? "danger" : "primary"} disabled={isBusy}>
          {confirmLabel}
        </Button>
      </DialogActions>
    </form>
  );
}
