"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { type StaffMember, staffLinkSchema } from "@/lib/contracts/staff";
import { errorMessage } from "@/lib/shared/errors";
import { ShownLink } from "./shown-link";

/** A new one-time link for an account: its owner forgot the password, or the invitation ran out. */
export function LinkDialog({ member, onClose }: { member: StaffMember | null; onClose: () => void }) {
  return (
    <Dialog isOpen={member !== null} onClose={onClose} title={`One-time link for ${member?.name ?? ""}`}>
      {member === null ? null : <LinkForm member={member} onClose={onClose} />}
    </Dialog>
  );
}

function LinkForm({ member, onClose }: { member: StaffMember; onClose: () => void }) {
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () => fetchJson(staffLinkSchema, `/api/staff/${member.id}/links`, { method: "POST" }),
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.allStaff }),
  });
  if (make.isSuccess) return <ShownLink link={make.data} onClose={onClose} />;
  return (
    <div className="flex flex-col gap-4 p-4">
      <p className="text-ink-2">
        {member.state === "invited"
          ? "The links before it stop working."
          : "The password in use works until a new one is chosen with the link; then every sign-in session of the account ends."}
      </p>
      {make.isError ? <ErrorState title="No link was made" detail={errorMessage(make.error)} /> : null}
      <DialogActions>
        <Button data-first-focus onClick={onClose}>
          Cancel
        </Button>
        <Button variant="primary" disabled={make.isPending} onClick={() => make.mutate()}>
          {make.isPending ? "Making…" : "Make a link"}
        </Button>
      </DialogActions>
    </div>
  );
}
