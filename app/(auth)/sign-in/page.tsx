import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthFrame } from "@/components/auth/auth-frame";
import { prepareReturnPath } from "@/components/auth/prepare-return-path";
import { SignInForm } from "@/components/auth/sign-in-form";
import { currentStaff } from "@/lib/auth/current-staff";
import { readSingleSignOn } from "@/lib/auth/single-sign-on";
import { readEnv } from "@/lib/shared/env";

export const metadata: Metadata = { title: "Sign in" };

type Query = { callbackUrl?: string | string[]; ended?: string; error?: string | string[] };

export default async function SignInRoute({ searchParams }: { searchParams: Promise<Query> }) {
  const { callbackUrl, ended, error } = await searchParams;
  const returnPath = prepareReturnPath(Array.isArray(callbackUrl) ? callbackUrl[0] : callbackUrl);
  if ((await currentStaff()) !== null) redirect(returnPath);
  return (
    <AuthFrame
      environment={readEnv("TWINPATH_ENVIRONMENT") ?? "local"}
      title="Sign in"
      note="With your account of this portal."
    >
      <SignInForm
        returnPath={returnPath}
        hasEnded={ended === "1"}
        provider={readSingleSignOn()?.name ?? null}
        error={typeof error === "string" ? error : null}
      />
    </AuthFrame>
  );
}
