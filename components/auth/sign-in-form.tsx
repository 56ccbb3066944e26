"use client";

import { signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";

type Refusal = { title: string; detail: string };

/** The sign-in's answer as something to do next. */
function describeRefusal(error: string | null | undefined): Refusal {
  if (error === "CredentialsSignin") {
    return {
      title: "Email address or password is wrong",
      detail: "Check both and try again. Forgotten? An administrator can make you a link for a new password.",
    };
  }
  if (error === "SIGN_IN_THROTTLED") {
    return {
      title: "Too many tries",
      detail: "Wait a quarter of an hour, then try again. Other people's sign-ins are not affected.",
    };
  }
  if (error === "SECOND_FACTOR_REFUSED") {
    return {
      title: "This code does not fit",
      detail: "Each code works once. Wait for the next one, or use a recovery code.",
    };
  }
  if (error === "SECOND_FACTOR_UNREADABLE") {
    return {
      title: "Your second factor cannot be checked",
      detail: "The portal's secret has changed. An administrator can turn your second factor off.",
    };
  }
  return {
    title: "The portal could not sign you in",
    detail: "It did not answer as expected. Check that it and its database run, then try again.",
  };
}

/** Email and password, then a code where the account has a second factor; goes on to `returnPath`. */
export function SignInForm({ returnPath, hasEnded }: { returnPath: string; hasEnded: boolean }) {
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
    else setRefusal(describeRefusal(result?.error));
    setBusy(false);
  };

  return (
    <form onSubmit={submit} method="post" className="flex flex-col gap-4">
      {hasEnded && refusal === null ? (
        <p role="status" className="rounded-md bg-sunken px-4 py-3 text-ink-2 text-sm">
          Your session has ended. Sign in to go on where you were.
        </p>
      ) : null}
      {refusal === null ? null : <ErrorState title={refusal.title} detail={refusal.detail} />}
      <Field label="Email" name="email" type="email" autoComplete="username" required autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      {isCodeAsked ? (
        <Field
          label="Code of your second factor"
          name="code"
          autoComplete="one-time-code"
          maxLength={20}
          required
          autoFocus
          hint="That your authenticator app shows, or a recovery code."
        />
      ) : null}
      <Button type="submit" variant="primary" size="lg" disabled={isBusy}>
        {isBusy ? "Signing in …" : "Sign in"}
      </Button>
      <p className="text-ink-3 text-sm">First start? Open the set-up link that twinpath printed.</p>
    </form>
  );
}
