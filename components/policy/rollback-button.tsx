"use client";

import { Undo2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { policyEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button, type ButtonSize } from "@/components/ui/button";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import type { PolicyVersion } from "@/lib/contracts/policy-admin";
import { policyPaths } from "./use-policy";
import { useVersionAction } from "./use-version-action";

type RollbackButtonProps = { version: PolicyVersion; size?: ButtonSize };

/** Publish an old version's policy anew, exactly as it was. */
export function RollbackButton({ version: { version, kind }, size = "md" }: RollbackButtonProps) {
  const t = useTranslations();
  const mayEdit = useMay(policyEditors);
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const rollBack = useVersionAction(`${policyPaths.version(version)}/rollback`, close);
  if (!mayEdit) return null;
  return (
    <>
      <Button
        size={size}
        aria-label={t("policy.rollBackToVersion", { version: String(version) })}
        onClick={() => setOpen(true)}
      >
        <Undo2 size={14} aria-hidden />
        <span className={size === "sm" ? "max-sm:hidden" : undefined}>{t("policy.rollBack")}</span>
      </Button>
      <ReasonDialog
        isOpen={isOpen}
        title={t("policy.rollBackToVersion", { version: String(version) })}
        confirmLabel={t("policy.rollBackNow")}
        isBusy={rollBack.isPending}
        failure={rollBack.isError ? errorText(t, rollBack.error) : null}
        onConfirm={(reason) => rollBack.mutate(reason)}
        onClose={close}
      >
        {t("policy.thePolicyOfVersionIsPublished", {
          version: String(version),
          state: kind === "canary" ? t("policy.whichWasATrial") : "",
        })}
      </ReasonDialog>
    </>
  );
}
