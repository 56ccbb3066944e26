"use client";

import { signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { ApiProblem, fetchJson } from "@/components/api/fetch-json";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { meSchema } from "@/lib/contracts/portal";
import { choosePasswordSchema } from "@/lib/contracts/staff";
import { errorMessage } from "@/lib/shared/errors";

const hint = "At least 12 characters. Pasting is fine.";

/** Sets an account's password with its one-time link, and signs in. */
export function ChoosePasswordForm({ token, email }: { token: string; email: string }) {
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
    setWrong(parsed.success ? undefined : "Use at least 12 characters. A few words are fine.");
    if (!parsed.success) return;
    setBusy(true);
    try {
      await fetchJson(meSchema, "/api/choose-password", { method: "POST", body: parsed.data, isSignedOut: true });
      const result = await signIn("credentials", { email, password: parsed.data.password, redirect: false });
      window.location.assign(result?.ok === true ? "/" : "/sign-in");
    } catch (error) {
      setBusy(false);
      const field = error instanceof ApiProblem ? error.fields["password"] : undefined;
      setWrong(field);
      if (field === undefined) setProblem(errorMessage(error));
    }
  };

  return (
    <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
      {problem === null ? null : <ErrorState title="The password was not set" detail={problem} />}
      <Field label="Email" name="email" type="email" autoComplete="username" value={email} readOnly />
      <Field
        label="New password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        autoFocus
        hint={hint}
        error={wrong}
      />
      <Button type="submit" variant="primary" size="lg" disabled={isBusy}>
        {isBusy ? "Setting the password …" : "Set the password"}
      </Button>
    </form>
  );
}
