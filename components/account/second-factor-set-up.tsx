"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { QRCodeSVG } from "qrcode.react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { CopyButton } from "@/components/ui/copy-button";
import { DialogResult } from "@/components/ui/dialog-result";
import { ShownOnce } from "@/components/ui/shown-once";
import { recoveryCodesSchema, secondFactorSecretSchema } from "@/lib/contracts/staff";
import { CodeForm } from "./code-form";

const path = "/api/account/second-factor";

/** Password, then the QR code and a code of it, then the recovery codes. */
export function SecondFactorSetUp({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const begin = useMutation({
    mutationFn: (password: string) => fetchJson(secondFactorSecretSchema, path, { method: "POST", body: { password } }),
  });
  const confirm = useMutation({
    mutationFn: (code: string) => fetchJson(recoveryCodesSchema, `${path}/confirm`, { method: "POST", body: { code } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.secondFactor });
      void queries.invalidateQueries({ queryKey: queryKeys.ownSessions });
    },
  });
  if (confirm.isSuccess) return <ShownRecoveryCodes codes={confirm.data.recoveryCodes} onClose={onClose} />;
  if (begin.isSuccess)
    return (
      <CodeForm
        key="code"
        field={{ label: t("account.codeThatTheAppShows"), type: "text", autoComplete: "one-time-code" }}
        confirmLabel={confirm.isPending ? t("account.turningOn") : t("account.turnOn")}
        isBusy={confirm.isPending}
        failure={confirm.isError ? errorText(t, confirm.error) : undefined}
        onConfirm={(code) => confirm.mutate(code)}
        onClose={onClose}
      >
        <div className="flex flex-col items-center gap-3">
          <p className="text-ink-2 text-sm">{t("account.scanThisWithAnAuthenticatorApp")}</p>
          <div className="rounded-lg bg-white p-3">
            <QRCodeSVG value={begin.data.uri} size={192} title={t("account.qrCodeForTheAuthenticatorApp")} />
          </div>
          <p className="flex items-center gap-2">
            <span className="break-all font-mono text-sm">{begin.data.secret}</span>
            <CopyButton text={begin.data.secret} label={t("account.copyKey")} />
          </p>
        </div>
      </CodeForm>
    );
  return (
    <CodeForm
      key="password"
      field={{ label: t("account.yourPassword"), type: "password", autoComplete: "current-password" }}
      confirmLabel={begin.isPending ? t("account.checking") : t("account.goOn")}
      isBusy={begin.isPending}
      failure={begin.isError ? errorText(t, begin.error) : undefined}
      onConfirm={(password) => begin.mutate(password)}
      onClose={onClose}
    >
      <p className="text-ink-2 text-sm">{t("account.youNeedAnAuthenticatorAppOn")}</p>
    </CodeForm>
  );
}

function ShownRecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const t = useTranslations();
  return (
    <DialogResult onClose={onClose}>
      <p className="text-sm">{t("account.theSecondFactorIsOn")}</p>
      <ShownOnce text={codes.join("\n")} copyLabel={t("account.copyRecoveryCodes")}>
        {t("account.shownOnceKeepTheseRecoveryCodes")}
      </ShownOnce>
    </DialogResult>
  );
}
