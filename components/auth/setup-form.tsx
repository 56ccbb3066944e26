"use client";

import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { ApiProblem, fetchJson } from "@/components/api/fetch-json";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { meSchema, setupRequestSchema } from "@/lib/contracts/portal";
import type { Translate } from "@/lib/words/translate";

type Errors = Readonly<Record<string, string>>;

const hints = (t: Translate): Record<string, string> => ({
  name: t("auth.sayYourNameAtMost80"),
  email: t("auth.giveAnEmailAddressSuchAs"),
  password: t("auth.useAtLeast12CharactersA"),
  token: t("auth.theLinkIsNotCompleteOpen"),
});

const passwordProblems = new Set(["PASSWORD_TOO_SHORT", "PASSWORD_TOO_COMMON"]);

/** Makes the first administrator with the one-time link, and signs in. */
export function SetupForm({ token }: { token: string }) {
  const t = useTranslations();
  const [isBusy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const request = { token, name: form.get("name"), email: form.get("email"), password: form.get("password") };
    const parsed = setupRequestSchema.safeParse(request);
    setProblem(null);
    if (!parsed.success) {
      const names = parsed.error.issues.map((issue) => String(issue.path[0]));
      setErrors(Object.fromEntries(names.map((name) => [name, hints(t)[name] ?? t("auth.checkThisField")])));
      if (names.includes("token")) setProblem(hints(t)["token"] ?? null);
      return;
    }
    setErrors({});
    setBusy(true);
    try {
      await fetchJson(meSchema, "/api/setup", { method: "POST", body: parsed.data, isSignedOut: true });
      const { email, password } = parsed.data;
      const result = await signIn("credentials", { email, password, redirect: false });
      window.location.assign(result?.ok === true ? "/" : "/sign-in");
    } catch (error) {
      setBusy(false);
      if (error instanceof ApiProblem && passwordProblems.has(error.code)) setErrors({ password: errorText(t, error) });
      else if (error instanceof ApiProblem && Object.keys(error.fields).length > 0) setErrors(fieldTexts(t, error));
      else setProblem(errorText(t, error));
    }
  };

  return (
    <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
      {problem === null ? null : <ErrorState title={t("auth.theAccountWasNotMade")} detail={problem} />}
      <Field label={t("common.name")} name="name" autoComplete="name" required autoFocus error={errors["name"]} />
      <Field
        label={t("common.email")}
        name="email"
        type="email"
        autoComplete="username"
        required
        error={errors["email"]}
      />
      <Field
        label={t("auth.password")}
        name="password"
        type="password"
        autoComplete="new-password"
        required
        hint={t("auth.atLeast12CharactersPastingIs")}
        error={errors["password"]}
      />
      <Button type="submit" variant="primary" size="lg" disabled={isBusy}>
        {isBusy ? t("auth.makingTheAccount") : t("auth.makeTheAccount")}
      </Button>
    </form>
  );
}
