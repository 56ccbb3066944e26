"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { secondFactorSchema } from "@/lib/contracts/staff";
import { SecondFactorRemoval } from "./second-factor-removal";
import { SecondFactorSetUp } from "./second-factor-set-up";

/** Whether a code is asked for at sign-in, and the ways to turn that on and off. */
export function SecondFactorCard() {
  const t = useTranslations();
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
      title={t("account.secondFactor")}
      note={t("account.aCodeOfYourPhonesAuthenticator")}
      actions={
        factor.data === undefined ? null : (
          <Badge tone={isOn ? "good" : "neutral"}>{isOn ? t("account.on") : t("account.off")}</Badge>
        )
      }
    >
      {factor.isPending ? <Skeleton className="h-8" /> : null}
      {factor.isError ? (
        <ErrorState
          title={t("account.theSecondFactorCouldNotBe")}
          detail={errorText(t, factor.error)}
          onRetry={() => factor.refetch()}
        />
      ) : null}
      {factor.data === undefined ? null : (
        <div className="flex flex-wrap items-center gap-3">
          <Button
            onClick={() => {
              setSettingUp(!isOn);
              setOpen(true);
            }}
          >
            {isOn ? t("account.turnOff2") : t("account.setUp")}
          </Button>
          {isOn ? (
            <p className="text-ink-2 text-sm">
              {t("account.leftForNewOnesTurnIt", {
                left: left === 1 ? t("account.n1RecoveryCode") : t("account.recoveryCodes", { left }),
              })}
            </p>
          ) : null}
        </div>
      )}
      <Dialog
        isOpen={isOpen}
        onClose={close}
        title={isSettingUp ? t("account.setUpTheSecondFactor") : t("account.turnOffTheSecondFactor")}
      >
        {isSettingUp ? <SecondFactorSetUp onClose={close} /> : <SecondFactorRemoval onClose={close} />}
      </Dialog>
    </Card>
  );
}
