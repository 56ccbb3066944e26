"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { untilTag } from "@/components/time/time-text";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { DialogResult } from "@/components/ui/dialog-result";
import { ErrorState } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { Segmented } from "@/components/ui/segmented";
import type { SealedCase, SnapshotDays } from "@/lib/contracts/support";
import type { Translate } from "@/lib/words/translate";

const madeSnapshotShape = async () => (await import("@/lib/contracts/support")).madeSnapshotSchema;

type SnapshotDialogProps = { shown: SealedCase; isOpen: boolean; onClose: () => void };

/** Keep what is shown under a link. */
export function SnapshotDialog({ shown, isOpen, onClose }: SnapshotDialogProps) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("support.snapshotLink")}>
      <SnapshotForm shown={shown} onClose={onClose} />
    </Dialog>
  );
}

const dayChoices = { "1": 1, "7": 7, "30": 30 } as const satisfies Record<string, SnapshotDays>;
const dayOptions = (t: Translate) =>
  [
    { value: "1", label: t("support.n1Day") },
    { value: "7", label: t("support.n7Days") },
    { value: "30", label: t("support.n30Days") },
  ] as const;

function SnapshotForm({ shown, onClose }: { shown: SealedCase; onClose: () => void }) {
  const t = useTranslations();
  const [days, setDays] = useState<keyof typeof dayChoices>("7");
  const make = useMutation({
    mutationFn: () =>
      fetchJson(madeSnapshotShape, "/api/support/snapshots", {
        method: "POST",
        body: { shown, days: dayChoices[days] },
      }),
  });
  if (make.isSuccess) {
    const link = `${window.location.origin}/support/snapshots/${make.data.token}`;
    return (
      <DialogResult onClose={onClose}>
        <Note>{t.rich("support.theLinkIsShownOnceIt", { time: untilTag(make.data.expiresAt) })}</Note>
        <div className="flex items-center gap-2 rounded-md bg-sunken px-3 py-2">
          <a href={link} className="min-w-0 grow break-all font-mono text-sm underline underline-offset-4">
            {link}
          </a>
          <CopyButton text={link} label={t("common.copyLink")} />
        </div>
      </DialogResult>
    );
  }
  return (
    <div className="flex flex-col gap-4 p-4">
      <p className="text-ink-2">{t("support.keepsThisLookUpAsIt")}</p>
      <div className="flex items-center gap-3">
        <span className="text-sm">{t("support.expiresAfter")}</span>
        <Segmented label={t("support.expiresAfter")} value={days} options={dayOptions(t)} onValue={setDays} />
      </div>
      {make.isError ? <ErrorState title={t("support.noLinkWasMade")} detail={errorText(t, make.error)} /> : null}
      <DialogActions>
        <Button data-first-focus onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button variant="primary" disabled={make.isPending} onClick={() => make.mutate()}>
          {make.isPending ? t("common.making") : t("support.makeTheLink")}
        </Button>
      </DialogActions>
    </div>
  );
}
