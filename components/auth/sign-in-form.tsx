"use client";

import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import type { Translate } from "@/lib/words/translate";

type Refusal = { title: string; detail: string };

/** The sign-in's answer as something to do next. */
function describeRefusal(t: Translate, error: string | null | undefined): Refusal {
  if (error === "CredentialsSignin") {
    return {
      title: t("auth.emailAddressOrPasswordIsWrong"),
      detail: t("auth.checkBothAndTryAgainForgotten"),
    };
  }
  if (error === "SIGN_IN_THROTTLED") {
    return {
      title: t("auth.tooManyTries"),
      detail: t("auth.waitAQuarterOfAnHour"),
    };
  }
  if (error === "SECOND_FACTOR_REFUSED") {
    return {
      title: t("auth.thisCodeDoesNotFit"),
      detail: t("auth.eachCodeWorksOnceWaitFor"),
    };
  }
  if (error === "SECOND_FACTOR_UNREADABLE") {
    return {
      title: t("auth.yourSecondFactorCannotBeChecked"),
      detail: t("auth.thePortalsSecretHasChangedAn"),
    };
  }
  return {
    title: t("auth.thePortalCouldNotSignYou"),
    detail: t("auth.itDidNotAnswerAsExpected"),
  };
}

/** Email and password, then a code where the account has a second factor; goes on to `returnPath`. */
export function SignInForm({ returnPath, hasEnded }: { returnPath: string; hasEnded: boolean }) {
  const t = useTranslations();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
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
    else setRefusal(describeRefusal(t, result?.error));
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
      <p className="text-ink-3 text-sm">{t("auth.firstStartOpenTheSetUp")}</p>
    </form>
  );
}
