"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { TimeText } from "@/components/time/time-text";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { Segmented } from "@/components/ui/segmented";
import { madeSnapshotSchema, type SealedCase, type SnapshotDays } from "@/lib/contracts/support";
import { errorMessage } from "@/lib/shared/errors";

type SnapshotDialogProps = { shown: SealedCase; isOpen: boolean; onClose: () => void };

/** Keep what is shown under a link. */
export function SnapshotDialog({ shown, isOpen, onClose }: SnapshotDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Snapshot link">
      <SnapshotForm shown={shown} onClose={onClose} />
    </Dialog>
  );
}

const dayChoices = { "1": 1, "7": 7, "30": 30 } as const satisfies Record<string, SnapshotDays>;
const dayOptions = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
] as const;

function SnapshotForm({ shown, onClose }: { shown: SealedCase; onClose: () => void }) {
  const [days, setDays] = useState<keyof typeof dayChoices>("7");
  const make = useMutation({
    mutationFn: () =>
      fetchJson(madeSnapshotSchema, "/api/support/snapshots", {
        method: "POST",
        body: { shown, days: dayChoices[days] },
      }),
  });
  if (make.isSuccess) {
    const link = `${window.location.origin}/support/snapshots/${make.data.token}`;
    return (
      <div className="flex flex-col gap-4 p-4">
        <Note>
          The link is shown once. It works for signed-in support and operations staff until{" "}
          <TimeText at={make.data.expiresAt} />.
        </Note>
        <div className="flex items-center gap-2 rounded-md bg-sunken px-3 py-2">
          <a href={link} className="min-w-0 grow break-all font-mono text-sm underline underline-offset-4">
            {link}
          </a>
          <CopyButton text={link} label="Copy link" />
        </div>
        <DialogActions>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-4 p-4">
      <p className="text-ink-2">Keeps this look-up as it is on your screen, for a ticket or a colleague.</p>
      <div className="flex items-center gap-3">
        <span className="text-sm">Expires after</span>
        <Segmented label="Expires after" value={days} options={dayOptions} onValue={setDays} />
      </div>
      {make.isError ? <ErrorState title="No link was made" detail={errorMessage(make.error)} /> : null}
      <DialogActions>
        <Button data-first-focus onClick={onClose}>
          Cancel
        </Button>
        <Button variant="primary" disabled={make.isPending} onClick={() => make.mutate()}>
          {make.isPending ? "Making…" : "Make the link"}
        </Button>
      </DialogActions>
    </div>
  );
}
