"use client";

import { signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { ApiProblem, fetchJson } from "@/components/api/fetch-json";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { meSchema, setupRequestSchema } from "@/lib/contracts/portal";
import { errorMessage } from "@/lib/shared/errors";

type Errors = Readonly<Record<string, string>>;

const hints: Record<string, string> = {
  name: "Say your name, at most 80 characters.",
  email: "Give an email address such as ana@example.com.",
  password: "Use at least 12 characters. A few words are fine.",
  token: "The link is not complete. Open it exactly as twinpath printed it.",
};

const passwordProblems = new Set(["PASSWORD_TOO_SHORT", "PASSWORD_TOO_COMMON"]);

/** Makes the first administrator with the one-time link, and signs in. */
export function SetupForm({ token }: { token: string }) {
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
      setErrors(Object.fromEntries(names.map((name) => [name, hints[name] ?? "Check this field."])));
      if (names.includes("token")) setProblem(hints["token"] ?? null);
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
      if (error instanceof ApiProblem && passwordProblems.has(error.code)) setErrors({ password: error.message });
      else if (error instanceof ApiProblem && Object.keys(error.fields).length > 0) setErrors(error.fields);
      else setProblem(errorMessage(error));
    }
  };

  return (
    <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
      {problem === null ? null : <ErrorState title="The account was not made" detail={problem} />}
      <Field label="Name" name="name" autoComplete="name" required autoFocus error={errors["name"]} />
      <Field label="Email" name="email" type="email" autoComplete="username" required error={errors["email"]} />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        hint="At least 12 characters. Pasting is fine."
        error={errors["password"]}
      />
      <Button type="submit" variant="primary" size="lg" disabled={isBusy}>
        {isBusy ? "Making the account …" : "Make the account"}
      </Button>
    </form>
  );
}
