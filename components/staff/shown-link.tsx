"use client";

import { TimeText } from "@/components/time/time-text";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { ShownOnce } from "@/components/ui/shown-once";
import type { StaffLink } from "@/lib/contracts/staff";

/** A one-time link, to be handed to the account's owner. */
export function ShownLink({ link, onClose }: { link: StaffLink; onClose: () => void }) {
  return (
    <div className="flex flex-col gap-4 p-4">
      <ShownOnce text={link.url} copyLabel="Copy link">
        Shown once. Send it to its owner by a way that only they read; whoever opens it first chooses the password.
      </ShownOnce>
      <p className="text-ink-2 text-sm">
        Works once, until <TimeText at={link.expiresAt} />.
      </p>
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}
