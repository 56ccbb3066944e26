"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { QRCodeSVG } from "qrcode.react";
import { useEffect } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { formatMsisdn } from "@/components/subscribers/prepare-subscriber";
import { TimeText } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { type EnrolmentCode, enrolmentCodeSchema } from "@/lib/contracts/subscribers";
import { errorMessage } from "@/lib/shared/errors";

type EnrolmentDialogProps = {
  /** Null: closed. */
  subscriberId: string | null;
  msisdn: string;
  onClose: () => void;
};

/** A one-time code that enrols one device of a subscriber. */
export function EnrolmentDialog({ subscriberId, msisdn, onClose }: EnrolmentDialogProps) {
  return (
    <Dialog isOpen={subscriberId !== null} onClose={onClose} title={`Enrol a device of ${formatMsisdn(msisdn)}`}>
      {subscriberId === null ? null : <Enrolment subscriberId={subscriberId} onClose={onClose} />}
    </Dialog>
  );
}

function Enrolment({ subscriberId, onClose }: { subscriberId: string; onClose: () => void }) {
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
    <div className="flex flex-col gap-4 p-4">
      {isError ? <ErrorState title="No code" detail={errorMessage(error)} onRetry={() => mutate()} /> : null}
      {data === undefined ? (
        isError ? null : (
          <Skeleton className="h-64" />
        )
      ) : (
        <Code code={data} onRenew={() => mutate()} isRenewing={isPending} />
      )}
      <DialogActions>
        <Button variant="primary" onClick={close}>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}

type CodeProps = { code: EnrolmentCode; onRenew: () => void; isRenewing: boolean };

function Code({ code, onRenew, isRenewing }: CodeProps) {
  const nowMs = useNow(1000) ?? Date.now();
  const isOver = Date.parse(code.expiresAt) <= nowMs;
  if (isOver)
    return (
      <ErrorState
        title="The code has run out"
        detail="A code works once and for a quarter of an hour. Make another one."
        onRetry={isRenewing ? () => undefined : onRenew}
      />
    );
  return (
    <div className="flex flex-col items-center gap-4">
      <div className="rounded-lg bg-white p-3">
        <QRCodeSVG value={code.uri} size={208} title="QR code for the device" />
      </div>
      <p className="flex items-center gap-2">
        <span className="font-mono font-semibold text-2xl tracking-widest">{code.code}</span>
        <CopyButton text={code.code} label="Copy code" />
      </p>
      <p className="text-center text-ink-2 text-sm">
        Works once, until <TimeText at={code.expiresAt} style="clock" />. Scan it with the device, type the code there,
        or run:
      </p>
      <div className="flex w-full items-center gap-2 rounded-md bg-sunken px-3 py-2">
        <code className="min-w-0 grow break-all font-mono text-xs">{code.command}</code>
        <CopyButton text={code.command} label="Copy command" />
      </div>
    </div>
  );
}
