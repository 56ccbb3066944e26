"use client";

import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { prepareRefusal, type Refusal } from "./prepare-refusal";

type SignInFormProps = {
  returnPath: string;
  hasEnded: boolean;
  /** Name of the single sign-on; null where there is none. */
  provider: string | null;
  /** Why the sign-in before did not work; null for none. */
  error: string | null;
};

/** Email and password, then a code where the account has a second factor, or the provider; goes on to `returnPath`. */
export function SignInForm({ returnPath, hasEnded, provider, error }: SignInFormProps) {
  const t = useTranslations();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(error === null ? null : prepareRefusal(t, error));
  const [isCodeAsked, setCodeAsked] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setRefusal(null);
    const result = await signIn("credentials", {
      email: String(form.get("email")),
      password: String(form.get("password")),
      code: String(form.get("code") ?? ""),
      redirect: false,
    }).catch(() => undefined);
    if (result?.ok === true && result.error == null) {
      // A full load: the shell and its live stream start with the new session.
      window.location.assign(returnPath);
      return;
    }
    const isCodeMissing = result?.error === "SECOND_FACTOR_REQUIRED";
    if (isCodeMissing) setCodeAsked(true);
    else setRefusal(prepareRefusal(t, result?.error));
    setBusy(false);
  };

  return (
    <form onSubmit={submit} method="post" className="flex flex-col gap-4">
      {hasEnded && refusal === null ? (
        <p role="status" className="rounded-md bg-sunken px-4 py-3 text-ink-2 text-sm">
          {t("auth.yourSessionHasEndedSignIn")}
        </p>
      ) : null}
      {refusal === null ? null : <ErrorState title={refusal.title} detail={refusal.detail} />}
      <Field label={t("common.email")} name="email" type="email" autoComplete="username" required autoFocus />
      <Field label={t("auth.password")} name="password" type="password" autoComplete="current-password" required />
      {isCodeAsked ? (
        <Field
          label={t("auth.codeOfYourSecondFactor")}
          name="code"
          autoComplete="one-time-code"
          maxLength={20}
          required
          autoFocus
          hint={t("auth.thatYourAuthenticatorAppShowsOr")}
        />
      ) : null}
      <Button type="submit" variant="primary" size="lg" disabled={isBusy}>
        {isBusy ? t("auth.signingIn") : t("auth.signIn")}
      </Button>
      {provider === null ? null : (
        <Button
          type="button"
          size="lg"
          disabled={isBusy}
          onClick={() => void signIn("sso", { callbackUrl: returnPath })}
        >
          {t("auth.signInWith", { provider })}
        </Button>
      )}
      <p className="text-ink-3 text-sm">{t("auth.firstStartOpenTheSetUp")}</p>
    </form>
  );
}
