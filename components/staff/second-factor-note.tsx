"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import * as z from "zod";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { Note } from "@/components/ui/note";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { useNotify } from "@/components/ui/toast";
import type { StaffMember } from "@/lib/contracts/staff";

/** Of an account with a second factor: an administrator turns it off where phone and recovery codes are lost. */
export function SecondFactorNote({ member, onDone }: { member: StaffMember; onDone: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const notify = useNotify();
  const [isAsked, setAsked] = useState(false);
  const remove = useMutation({
    mutationFn: (reason: string) =>
      fetchJson(z.null(), `/api/staff/${member.id}/second-factor/remove`, { method: "POST", body: { reason } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.allStaff });
      notify({ title: t("staff.secondFactorOff"), detail: member.name });
      onDone();
    },
  });
  return (
    <div className="px-4 pt-4">
      <Note
        actions={
          <Button size="sm" variant="danger" onClick={() => setAsked(true)}>
            {t("staff.turnOff")}
          </Button>
        }
      >
        {t("staff.hasASecondFactor")}
      </Note>
      <ReasonDialog
        isOpen={isAsked}
        title={t("staff.turnOffTheSecondFactorOf", { name: member.name })}
        confirmLabel={remove.isPending ? t("staff.turningOff") : t("staff.turnOff2")}
        isDangerous
        isBusy={remove.isPending}
        failure={remove.isError ? errorText(t, remove.error) : null}
        onConfirm={(reason) => remove.mutate(reason)}
        onClose={() => {
          remove.reset();
          setAsked(false);
        }}
      >
        {t("staff.thePasswordAloneSignsThemIn")}
      </ReasonDialog>
    </div>
  );
}
