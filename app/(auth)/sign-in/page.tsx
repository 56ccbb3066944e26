import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { pageTitle } from "@/app/page-title";
import { AuthFrame } from "@/components/auth/auth-frame";
import { prepareReturnPath } from "@/components/auth/prepare-return-path";
import { SignInForm } from "@/components/auth/sign-in-form";
import { currentStaff } from "@/lib/auth/current-staff";
import { readSingleSignOn } from "@/lib/auth/single-sign-on";
import { readEnv } from "@/lib/shared/env";

export const generateMetadata = pageTitle("signIn");

type Query = { callbackUrl?: string | string[]; ended?: string; error?: string | string[] };

export default async function SignInRoute({ searchParams }: { searchParams: Promise<Query> }) {
  const t = await getTranslations();
  const { callbackUrl, ended, error } = await searchParams;
  const returnPath = prepareReturnPath(Array.isArray(callbackUrl) ? callbackUrl[0] : callbackUrl);
  if ((await currentStaff()) !== null) redirect(returnPath);
  return (
    <AuthFrame
      environment={readEnv("TWINPATH_ENVIRONMENT") ?? "local"}
      title={t("shell.signIn")}
      note={t("shell.withYourAccountOfThisPortal")}
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
