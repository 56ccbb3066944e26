"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "./button";
import { DialogActions } from "./confirm-dialog";

/** What a dialog shows once its work is done, such as a secret that is shown once; closed by "Done". */
export function DialogResult({ children, onClose }: { children: ReactNode; onClose: () => void }) {
  const t = useTranslations();
  return (
    <div data-keeps-open className="flex flex-col gap-4 p-4">
      {children}
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          {t("common.done")}
        </Button>
      </DialogActions>
    </div>
  );
}
