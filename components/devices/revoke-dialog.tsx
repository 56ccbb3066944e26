"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { useNotify } from "@/components/ui/toast";
import { type Device, deviceSchema } from "@/lib/contracts/subscribers";
import { errorMessage } from "@/lib/shared/errors";

/** Take a device's access away for good. */
export function RevokeDialog({ device, onClose }: { device: Device | null; onClose: () => void }) {
  const queries = useQueryClient();
  const notify = useNotify();
  const revoke = useMutation({
    mutationFn: (reason: string) =>
      fetchJson(deviceSchema, `/api/devices/${encodeURIComponent(device?.id ?? "")}/revoke`, {
        method: "POST",
        body: { reason },
      }),
    onSuccess: ({ id }) => {
      void queries.invalidateQueries({ queryKey: queryKeys.allDevices });
      void queries.invalidateQueries({ queryKey: queryKeys.allSubscribers });
      notify({ title: "Device revoked", detail: id });
      onClose();
    },
  });
  return (
    <ReasonDialog
      isOpen={device !== null}
      title={`Revoke ${device?.id ?? ""}?`}
      confirmLabel={revoke.isPending ? "Revoking…" : "Revoke device"}
      isDangerous
      isBusy={revoke.isPending}
      failure={revoke.isError ? errorMessage(revoke.error) : null}
      onConfirm={(reason) => revoke.mutate(reason)}
      onClose={() => {
        revoke.reset();
        onClose();
      }}
    >
      Its running sessions end and its secret stops working at once. The device must be enrolled anew to come back.
    </ReasonDialog>
  );
}
