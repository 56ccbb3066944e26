"use client";

import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { meSchema } from "@/lib/contracts/portal";
import { choosePasswordSchema } from "@/lib/contracts/staff";
import type { Translate } from "@/lib/words/translate";

const hint = (t: Translate) => t("auth.atLeast12CharactersPastingIs");

/** Sets an account's password with its one-time link, and signs in. */
export function ChoosePasswordForm({ token, email }: { token: string; email: string }) {
  const t = useTranslations();
  const [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>();
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const parsed = choosePasswordSchema.safeParse({
      token,
      password: new FormData(event.currentTarget).get("password"),
    });
    setProblem(null);
    setWrong(parsed.success ? undefined : t("auth.useAtLeast12CharactersA"));
    if (!parsed.success) return;
    setBusy(true);
    try {
      await fetchJson(meSchema, "/api/choose-password", { method: "POST", body: parsed.data, isSignedOut: true });
      const result = await signIn("credentials", { email, password: parsed.data.password, redirect: false });
      window.location.assign(result?.ok === true ? "/" : "/sign-in");
    } catch (error) {
      setBusy(false);
      const field = fieldTexts(t, error)["password"];
      setWrong(field);
      if (field === undefined) setProblem(errorText(t, error));
    }
  };

  return (
    <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
      {problem === null ? null : <ErrorState title={t("auth.thePasswordWasNotSet")} detail={problem} />}
      <Field label={t("common.email")} name="email" type="email" autoComplete="username" value={email} readOnly />
      <Field
        label={t("auth.newPassword")}
        name="password"
        type="password"
        autoComplete="new-password"
        required
        autoFocus
        hint={hint(t)}
        error={wrong}
      />
      <Button type="submit" variant="primary" size="lg" disabled={isBusy}>
        {isBusy ? t("auth.settingThePassword") : t("auth.setThePassword")}
      </Button>
    </form>
  );
}
