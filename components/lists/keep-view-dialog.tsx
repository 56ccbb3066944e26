"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { useNotify } from "@/components/ui/toast";
import type { TableViewInput } from "@/lib/contracts/table-views";
import { useKeepView } from "./use-table-views";

type KeepViewDialogProps = {
  isOpen: boolean;
  /** What is on the screen. */
  shown: Omit<TableViewInput, "name">;
  onClose: () => void;
};

/** Asks for the name under which a list's filter and columns are kept. */
export function KeepViewDialog({ isOpen, shown, onClose }: KeepViewDialogProps) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("lists.keepAView")}>
      <KeepViewForm shown={shown} onClose={onClose} />
    </Dialog>
  );
}

function KeepViewForm({ shown, onClose }: Omit<KeepViewDialogProps, "isOpen">) {
  const t = useTranslations();
  const notify = useNotify();
  const keep = useKeepView(shown.table);
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const name = text.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name === "" || keep.isPending) return;
    keep.mutate(
      { ...shown, name },
      {
        onSuccess: () => {
          notify({ title: t("lists.theViewIsKept", { name }) });
          onClose();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <Field
        label={t("common.name")}
        data-first-focus
        autoComplete="off"
        maxLength={60}
        value={text}
        onChange={(event) => setText(event.target.value)}
        hint={t("lists.nameOfTheView")}
        error={isTried && name === "" ? t("lists.giveItAName") : undefined}
      />
      {keep.isError ? <ErrorState title={t("common.notSaved")} detail={errorText(t, keep.error)} /> : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button variant="primary" type="submit" disabled={keep.isPending}>
          {t("lists.keep")}
        </Button>
      </DialogActions>
    </form>
  );
}
