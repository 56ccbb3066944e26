"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import * as z from "zod";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { useStaff } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { useNotify } from "@/components/ui/toast";

const empty = { currentPassword: "", password: "" };
const shortest = 12;

/** Change one's own password. */
export function PasswordCard() {
  const t = useTranslations();
  const { email } = useStaff();
  const queries = useQueryClient();
  const notify = useNotify();
  const [form, setForm] = useState(empty);
  const [isTried, setTried] = useState(false);
  const change = useMutation({
    mutationFn: () => fetchJson(z.null(), "/api/account/password", { method: "POST", body: form }),
    onSuccess: () => {
      setForm(empty);
      setTried(false);
      notify({ title: t("account.passwordChanged"), detail: t("account.youAreSignedOutEverywhereElse") });
      void queries.invalidateQueries({ queryKey: queryKeys.ownSessions });
    },
  });
  const problems = fieldTexts(t, change.error);
  const isTooShort = form.password.length < shortest;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (form.currentPassword !== "" && !isTooShort && !change.isPending) change.mutate();
  };
  return (
    <Card title={t("account.password")} note={t("account.changingItSignsYouOutEverywhere")}>
      <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <Field
          label={t("account.currentPassword")}
          type="password"
          autoComplete="current-password"
          value={form.currentPassword}
          onChange={(event) => setForm({ ...form, currentPassword: event.target.value })}
          error={
            isTried && form.currentPassword === "" ? t("account.giveThePasswordYouUseNow") : problems["currentPassword"]
          }
        />
        <Field
          label={t("account.newPassword")}
          type="password"
          autoComplete="new-password"
          value={form.password}
          onChange={(event) => setForm({ ...form, password: event.target.value })}
          hint={t("account.atLeastCharactersPastingIsFine", { shortest: String(shortest) })}
          error={
            isTried && isTooShort
              ? t("account.useAtLeastCharactersAFew", { shortest: String(shortest) })
              : problems["password"]
          }
        />
        {change.isError && Object.keys(problems).length === 0 ? (
          <ErrorState title={t("account.thePasswordWasNotChanged")} detail={errorText(t, change.error)} />
        ) : null}
        <div>
          <Button type="submit" variant="primary" disabled={change.isPending}>
            {change.isPending ? t("account.changing") : t("account.changePassword")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
