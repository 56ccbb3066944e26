"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { secondFactorSchema } from "@/lib/contracts/staff";
import { errorMessage } from "@/lib/shared/errors";
import { SecondFactorRemoval } from "./second-factor-removal";
import { SecondFactorSetUp } from "./second-factor-set-up";

/** Whether a code is asked for at sign-in, and the ways to turn that on and off. */
export function SecondFactorCard() {
  const [isOpen, setOpen] = useState(false);
  const [isSettingUp, setSettingUp] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const factor = useQuery({
    queryKey: queryKeys.secondFactor,
    queryFn: ({ signal }) => fetchJson(secondFactorSchema, "/api/account/second-factor", { signal }),
  });
  const isOn = factor.data?.isOn ?? false;
  const left = factor.data?.recoveryCodesLeft ?? 0;
  return (
    <Card
      title="Second factor"
      note="A code of your phone's authenticator app, asked for at each sign-in."
      actions={factor.isSuccess ? <Badge tone={isOn ? "good" : "neutral"}>{isOn ? "On" : "Off"}</Badge> : null}
    >
      {factor.isPending ? <Skeleton className="h-8" /> : null}
      {factor.isError ? (
        <ErrorState
          title="The second factor could not be read"
          detail={errorMessage(factor.error)}
          onRetry={() => factor.refetch()}
        />
      ) : null}
      {factor.isSuccess ? (
        <div className="flex flex-wrap items-center gap-3">
          <Button
            onClick={() => {
              setSettingUp(!isOn);
              setOpen(true);
            }}
          >
            {isOn ? "Turn off…" : "Set up…"}
          </Button>
          {isOn ? (
            <p className="text-ink-2 text-sm">
              {left === 1 ? "1 recovery code" : `${left} recovery codes`} left. For new ones turn it off and set it up
              again.
            </p>
          ) : null}
        </div>
      ) : null}
      <Dialog
        isOpen={isOpen}
        onClose={close}
        title={isSettingUp ? "Set up the second factor" : "Turn off the second factor"}
      >
        {isSettingUp ? <SecondFactorSetUp onClose={close} /> : <SecondFactorRemoval onClose={close} />}
      </Dialog>
    </Card>
  );
}
