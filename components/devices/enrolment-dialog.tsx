"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { QRCodeSVG } from "qrcode.react";
import { useEffect } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { formatMsisdn } from "@/components/subscribers/prepare-subscriber";
import { untilTag } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { DialogResult } from "@/components/ui/dialog-result";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { type EnrolmentCode, enrolmentCodeSchema } from "@/lib/contracts/subscribers";

type EnrolmentDialogProps = {
  /** Null: closed. */
  subscriberId: string | null;
  msisdn: string;
  onClose: () => void;
};

/** A one-time code that enrols one device of a subscriber. */
export function EnrolmentDialog({ subscriberId, msisdn, onClose }: EnrolmentDialogProps) {
  const t = useTranslations();
  return (
    <Dialog
      isOpen={subscriberId !== null}
      onClose={onClose}
      title={t("devices.enrolADeviceOf", { msisdn: formatMsisdn(msisdn) })}
    >
      {subscriberId === null ? null : <Enrolment subscriberId={subscriberId} onClose={onClose} />}
    </Dialog>
  );
}

function Enrolment({ subscriberId, onClose }: { subscriberId: string; onClose: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const { mutate, data, isError, error, isPending } = useMutation({
    mutationFn: () =>
      fetchJson(enrolmentCodeSchema, `/api/subscribers/${subscriberId}/enrolment-codes`, { method: "POST" }),
  });
  useEffect(() => mutate(), [mutate]);
  const close = () => {
    void queries.invalidateQueries({ queryKey: queryKeys.subscriber(subscriberId) });
    onClose();
  };
  return (
    <DialogResult onClose={close}>
      {isError ? (
        <ErrorState title={t("devices.noCode")} detail={errorText(t, error)} onRetry={() => mutate()} />
      ) : null}
      {data === undefined ? (
        isError ? null : (
          <Skeleton className="h-64" />
        )
      ) : (
        <Code code={data} onRenew={() => mutate()} isRenewing={isPending} />
      )}
    </DialogResult>
  );
}

type CodeProps = { code: EnrolmentCode; onRenew: () => void; isRenewing: boolean };

function Code({ code, onRenew, isRenewing }: CodeProps) {
  const t = useTranslations();
  const nowMs = useNow(1000) ?? Date.now();
  const isOver = Date.parse(code.expiresAt) <= nowMs;
  if (isOver)
    return (
      <ErrorState
        title={t("devices.theCodeHasRunOut")}
        detail={t("devices.aCodeWorksOnceAndFor")}
        onRetry={isRenewing ? () => undefined : onRenew}
      />
    );
  return (
    <div className="flex flex-col items-center gap-4">
      <div className="rounded-lg bg-white p-3">
        <QRCodeSVG value={code.uri} size={208} title={t("devices.qrCodeForTheDevice")} />
      </div>
      <p className="flex items-center gap-2">
        <span className="font-mono font-semibold text-2xl tracking-widest">{code.code}</span>
        <CopyButton text={code.code} label={t("devices.copyCode")} />
      </p>
      <p className="text-center text-ink-2 text-sm">
        {t.rich("devices.worksOnceUntilScanItWith", { time: untilTag(code.expiresAt, "clock") })}
      </p>
      <div className="flex w-full items-center gap-2 rounded-md bg-sunken px-3 py-2">
        <code className="min-w-0 grow break-all font-mono text-xs">{code.command}</code>
        <CopyButton text={code.command} label={t("devices.copyCommand")} />
      </div>
    </div>
  );
}
