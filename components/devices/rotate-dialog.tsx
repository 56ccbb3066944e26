"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { DialogResult } from "@/components/ui/dialog-result";
import { ErrorState } from "@/components/ui/error-state";
import { ShownOnce } from "@/components/ui/shown-once";
import { type Device, deviceCredentialSchema } from "@/lib/contracts/subscribers";

/** Give a device a new secret, shown once. */
export function RotateDialog({ device, onClose }: { device: Device | null; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={device !== null} onClose={onClose} title={t("devices.newSecretFor", { id: device?.id ?? "" })}>
      {device === null ? null : <RotateForm device={device} onClose={onClose} />}
    </Dialog>
  );
}

function RotateForm({ device, onClose }: { device: Device; onClose: () => void }) {
  const t = useTranslations();
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
      <DialogResult onClose={onClose}>
        <ShownOnce text={rotate.data.secret} copyLabel={t("devices.copySecret")}>
          {t("devices.thisIsShownOncePutIt")}
        </ShownOnce>
      </DialogResult>
    );
  return (
    <div className="flex flex-col gap-4 p-4">
      <p className="text-ink-2">{t("devices.theSecretInUseStopsWorking")}</p>
      {rotate.isError ? <ErrorState title={t("devices.noNewSecret")} detail={errorText(t, rotate.error)} /> : null}
      <DialogActions>
        <Button data-first-focus onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button variant="primary" disabled={rotate.isPending} onClick={() => rotate.mutate()}>
          {rotate.isPending ? t("common.making") : t("devices.makeANewSecret")}
        </Button>
      </DialogActions>
    </div>
  );
}
