"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { Note } from "@/components/ui/note";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { useNotify } from "@/components/ui/toast";
import type { StaffMember } from "@/lib/contracts/staff";
import { errorMessage } from "@/lib/shared/errors";

/** Of an account with a second factor: an administrator turns it off where phone and recovery codes are lost. */
export function SecondFactorNote({ member, onDone }: { member: StaffMember; onDone: () => void }) {
  const queries = useQueryClient();
  const notify = useNotify();
  const [isAsked, setAsked] = useState(false);
  const remove = useMutation({
    mutationFn: (reason: string) =>
      fetchJson(z.null(), `/api/staff/${member.id}/second-factor/remove`, { method: "POST", body: { reason } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.allStaff });
      notify({ title: "Second factor off", detail: member.name });
      onDone();
    },
  });
  return (
    <div className="px-4 pt-4">
      <Note
        actions={
          <Button size="sm" variant="danger" onClick={() => setAsked(true)}>
            Turn off…
          </Button>
        }
      >
        Has a second factor.
      </Note>
      <ReasonDialog
        isOpen={isAsked}
        title={`Turn off the second factor of ${member.name}?`}
        confirmLabel={remove.isPending ? "Turning off…" : "Turn off"}
        isDangerous
        isBusy={remove.isPending}
        failure={remove.isError ? errorMessage(remove.error) : null}
        onConfirm={(reason) => remove.mutate(reason)}
        onClose={() => {
          remove.reset();
          setAsked(false);
        }}
      >
        The password alone signs them in then. Make sure that it is really them who ask.
      </ReasonDialog>
    </div>
  );
}
