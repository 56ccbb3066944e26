"use client";

import { Undo2 } from "lucide-react";
import { useCallback, useState } from "react";
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
  const mayEdit = useMay(policyEditors);
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const rollBack = useVersionAction(`${policyPaths.version(version)}/rollback`, close);
  if (!mayEdit) return null;
  return (
    <>
      <Button size={size} aria-label={`Roll back to version ${version}`} onClick={() => setOpen(true)}>
        <Undo2 size={14} aria-hidden />
        Roll back
      </Button>
      <ReasonDialog
        isOpen={isOpen}
        title={`Roll back to version ${version}`}
        confirmLabel="Roll back now"
        isBusy={rollBack.isPending}
        failure={rollBack.isError ? rollBack.error.message : null}
        onConfirm={(reason) => rollBack.mutate(reason)}
        onClose={close}
      >
        The policy of version {version}
        {kind === "canary" ? ", which was a trial," : ""} is published to everyone as a new version, the same to the
        last byte. The draft keeps its changes.
      </ReasonDialog>
    </>
  );
}
