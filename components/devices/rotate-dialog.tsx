"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { ShownOnce } from "@/components/ui/shown-once";
import { type Device, deviceCredentialSchema } from "@/lib/contracts/subscribers";
import { errorMessage } from "@/lib/shared/errors";

/** Give a device a new secret, shown once. */
export function RotateDialog({ device, onClose }: { device: Device | null; onClose: () => void }) {
  return (
    <Dialog isOpen={device !== null} onClose={onClose} title={`New secret for ${device?.id ?? ""}`}>
      {device === null ? null : <RotateForm device={device} onClose={onClose} />}
    </Dialog>
  );
}

function RotateForm({ device, onClose }: { device: Device; onClose: () => void }) {
  const queries = useQueryClient();
  const rotate = useMutation({
    mutationFn: () =>
      fetchJson(deviceCredentialSchema, `/api/devices/${encodeURIComponent(device.id)}/rotate`, { method: "POST" }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.allDevices });
      void queries.invalidateQueries({ queryKey: queryKeys.allSubscribers });
    },
  });
  if (rotate.isSuccess)
    return (
      <div className="flex flex-col gap-4 p-4">
        <ShownOnce text={rotate.data.secret} copyLabel="Copy secret">
          This is shown once. Put it into the device before you close this window.
        </ShownOnce>
        <DialogActions>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </div>
    );
  return (
    <div className="flex flex-col gap-4 p-4">
      <p className="text-ink-2">The secret in use stops working at once; running sessions go on.</p>
      {rotate.isError ? <ErrorState title="No new secret" detail={errorMessage(rotate.error)} /> : null}
      <DialogActions>
        <Button data-first-focus onClick={onClose}>
          Cancel
        </Button>
        <Button variant="primary" disabled={rotate.isPending} onClick={() => rotate.mutate()}>
          {rotate.isPending ? "Making…" : "Make a new secret"}
        </Button>
      </DialogActions>
    </div>
  );
}
