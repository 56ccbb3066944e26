"use client";

import { useTranslations } from "next-intl";
import { untilTag } from "@/components/time/time-text";
import { DialogResult } from "@/components/ui/dialog-result";
import { ShownOnce } from "@/components/ui/shown-once";
import type { StaffLink } from "@/lib/contracts/staff";

/** A one-time link, to be handed to the account's owner. */
export function ShownLink({ link, onClose }: { link: StaffLink; onClose: () => void }) {
  const t = useTranslations();
  return (
    <DialogResult onClose={onClose}>
      <ShownOnce text={link.url} copyLabel={t("common.copyLink")}>
        {t("staff.shownOnceSendItToIts")}
      </ShownOnce>
      <p className="text-ink-2 text-sm">{t.rich("staff.worksOnceUntil", { time: untilTag(link.expiresAt) })}</p>
    </DialogResult>
  );
}
