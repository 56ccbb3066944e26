"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { SessionList } from "@/components/account/session-list";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useNotify } from "@/components/ui/toast";
import { revokedSessionsSchema, type StaffMember, staffSessionListSchema } from "@/lib/contracts/staff";

/** Where an account is signed in, to end one of them or all. */
export function StaffSessionsDialog({ member, onClose }: { member: StaffMember | null; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog
      isOpen={member !== null}
      onClose={onClose}
      title={t("staff.sessionsOf", { name: member?.name ?? "" })}
      place="right"
    >
      {member === null ? null : <StaffSessions member={member} />}
    </Dialog>
  );
}

/** What is about to be ended: one session by its id, or (null) all. */
type Asked = { sessionId: string | null };

function StaffSessions({ member }: { member: StaffMember }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const notify = useNotify();
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = useCallback(() => setAsked(null), []);
  const path = `/api/staff/${member.id}/sessions`;
  const list = useQuery({
    queryKey: queryKeys.staffSessions(member.id),
    queryFn: ({ signal }) => fetchJson(staffSessionListSchema, path, { signal }),
  });
  const revoke = useMutation({
    mutationFn: (body: Asked & { reason: string }) =>
      fetchJson(revokedSessionsSchema, `${path}/revoke`, { method: "POST", body }),
    onSuccess: ({ revoked }) => {
      notify({
        title: revoked === 1 ? t("staff.sessionEnded") : t("staff.sessionsEnded", { revoked }),
        detail: member.name,
      });
      close();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.staffSessions(member.id) }),
  });
  const sessions = list.data?.items ?? [];
  return (
    <div>
      {list.isPending ? <TableSkeleton rows={3} /> : null}
      {list.isError ? (
        <ErrorState
          className="m-4"
          title={t("staff.theSessionsCouldNotBeRead")}
          detail={errorText(t, list.error)}
          onRetry={() => list.refetch()}
        />
      ) : null}
      {list.isSuccess && sessions.length === 0 ? (
        <p className="px-4 py-6 text-ink-2 text-sm">{t("staff.signedInNowhere")}</p>
      ) : null}
      <SessionList sessions={sessions} isBusy={revoke.isPending} onRevoke={({ id }) => setAsked({ sessionId: id })} />
      {sessions.some(({ isCurrent }) => !isCurrent) ? (
        <div className="flex justify-end p-4">
          <Button variant="danger" onClick={() => setAsked({ sessionId: null })}>
            {t("staff.endAll")}
          </Button>
        </div>
      ) : null}
      <ReasonDialog
        isOpen={asked !== null}
        title={
          asked?.sessionId === null ? t("staff.signOutEverywhere", { name: member.name }) : t("staff.endThisSession")
        }
        confirmLabel={revoke.isPending ? t("staff.ending") : t("staff.end")}
        isDangerous
        isBusy={revoke.isPending}
        failure={revoke.isError ? errorText(t, revoke.error) : null}
        onConfirm={(reason) => asked !== null && revoke.mutate({ ...asked, reason })}
        onClose={() => {
          revoke.reset();
          close();
        }}
      >
        {t("staff.itEndsAtOnceWithThe")}
      </ReasonDialog>
    </div>
  );
}
