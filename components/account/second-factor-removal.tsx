"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as z from "zod";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { useNotify } from "@/components/ui/toast";
import { CodeForm } from "./code-form";

/** Turn one's own second factor off, with a code of it. */
export function SecondFactorRemoval({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const notify = useNotify();
  const remove = useMutation({
    mutationFn: (code: string) =>
      fetchJson(z.null(), "/api/account/second-factor/remove", { method: "POST", body: { code } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.secondFactor });
      notify({ title: t("account.secondFactorOff"), detail: t("account.thePasswordAloneSignsYouIn") });
      onClose();
    },
  });
  return (
    <CodeForm
      field={{
        label: t("account.code"),
        type: "text",
        autoComplete: "one-time-code",
        hint: t("account.thatTheAppShowsOrA"),
      }}
      confirmLabel={remove.isPending ? t("account.turningOff") : t("account.turnOff")}
      isDangerous
      isBusy={remove.isPending}
      failure={remove.isError ? errorText(t, remove.error) : undefined}
      onConfirm={(code) => remove.mutate(code)}
      onClose={onClose}
    />
  );
}
