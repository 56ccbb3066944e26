"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { type StaffMember, staffLinkSchema } from "@/lib/contracts/staff";
import { ShownLink } from "./shown-link";

/** A new one-time link for an account: its owner forgot the password, or the invitation ran out. */
export function LinkDialog({ member, onClose }: { member: StaffMember | null; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={member !== null} onClose={onClose} title={t("staff.oneTimeLinkFor", { name: member?.name ?? "" })}>
      {member === null ? null : <LinkForm member={member} onClose={onClose} />}
    </Dialog>
  );
}

function LinkForm({ member, onClose }: { member: StaffMember; onClose: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () => fetchJson(staffLinkSchema, `/api/staff/${member.id}/links`, { method: "POST" }),
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.allStaff }),
  });
  if (make.isSuccess) return <ShownLink link={make.data} onClose={onClose} />;
  return (
    <div className="flex flex-col gap-4 p-4">
      <p className="text-ink-2">
        {member.state === "invited" ? t("staff.theLinksBeforeItStopWorking") : t("staff.thePasswordInUseWorksUntil")}
      </p>
      {make.isError ? <ErrorState title={t("staff.noLinkWasMade")} detail={errorText(t, make.error)} /> : null}
      <DialogActions>
        <Button data-first-focus onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button variant="primary" disabled={make.isPending} onClick={() => make.mutate()}>
          {make.isPending ? t("common.making") : t("staff.makeALink")}
        </Button>
      </DialogActions>
    </div>
  );
}
