"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { useNotify } from "@/components/ui/toast";
import { type Device, deviceSchema } from "@/lib/contracts/subscribers";

/** Take a device's access away for good. */
export function RevokeDialog({ device, onClose }: { device: Device | null; onClose: () => void }) {
  const t = useTranslations();
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
      notify({ title: t("devices.deviceRevoked"), detail: id });
      onClose();
    },
  });
  return (
    <ReasonDialog
      isOpen={device !== null}
      title={t("devices.revoke", { id: device?.id ?? "" })}
      confirmLabel={revoke.isPending ? t("devices.revoking") : t("devices.revokeDevice")}
      isDangerous
      isBusy={revoke.isPending}
      failure={revoke.isError ? errorText(t, revoke.error) : null}
      onConfirm={(reason) => revoke.mutate(reason)}
      onClose={() => {
        revoke.reset();
        onClose();
      }}
    >
      {t("devices.itsRunningSessionsEndAndIts")}
    </ReasonDialog>
  );
}
