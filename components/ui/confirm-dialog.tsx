"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";

type ConfirmDialogProps = {
  isOpen: boolean;
  title: string;
  children: ReactNode;
  /** What happens, as a verb: "Leave without saving". */
  confirmLabel: string;
  cancelLabel?: string;
  isDangerous?: boolean;
  isBusy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
};

/** A question before something that cannot be taken back easily; the safe answer has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const t = useTranslations();
  const {
    isOpen,
    title,
    children,
    confirmLabel,
    cancelLabel = t("common.cancel"),
    isDangerous = false,
    isBusy = false,
  } = props;
  return (
    <Dialog isOpen={isOpen} onClose={props.onClose} title={title}>
      <div className="flex flex-col gap-4 p-4">
        <div className="text-ink-2">{children}</div>
        <DialogActions>
          <Button data-first-focus onClick={props.onClose}>
            {cancelLabel}
          </Button>
          <Button variant={isDangerous ? "danger" : "primary"} disabled={isBusy} onClick={props.onConfirm}>
            {confirmLabel}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

/** The buttons at a dialog's end. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2">{children}</div>;
}
