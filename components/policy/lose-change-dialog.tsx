"use client";

import { useTranslations } from "next-intl";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";

type LoseChangeDialogProps = {
  name: string;
  /** What happens, as a verb; null: nothing is asked. */
  verb: string | null;
  onConfirm: () => void;
  onClose: () => void;
};

/** Before an item's edits in the draft go for good: the draft keeps no earlier ones. */
export function LoseChangeDialog({ name, verb, onConfirm, onClose }: LoseChangeDialogProps) {
  const t = useTranslations();
  return (
    <ConfirmDialog
      isOpen={verb !== null}
      title={t("policy.whatWasChangedOfIsLost", { name })}
      confirmLabel={verb ?? ""}
      isDangerous
      onConfirm={() => {
        onClose();
        onConfirm();
      }}
      onClose={onClose}
    >
      {t("policy.itCannotBeBroughtBack")}
    </ConfirmDialog>
  );
}
