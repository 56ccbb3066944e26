import { getTranslations } from "next-intl/server";
import { pageTitle } from "@/app/page-title";
import { AuthFrame } from "@/components/auth/auth-frame";
import { ChoosePasswordForm } from "@/components/auth/choose-password-form";
import { ErrorState } from "@/components/ui/error-state";
import { findLinkOwner } from "@/lib/services/choose-password";
import { readEnv } from "@/lib/shared/env";

/** The token is in the address: it must not travel on in a Referer header. */
export const generateMetadata = pageTitle("chooseAPassword", { referrer: "no-referrer" });

type Query = { token?: string | string[] };

export default async function ChoosePasswordRoute({ searchParams }: { searchParams: Promise<Query> }) {
  const t = await getTranslations();
  const { token } = await searchParams;
  const owner = typeof token === "string" ? await findLinkOwner(token) : null;
  return (
    <AuthFrame
      environment={readEnv("TWINPATH_ENVIRONMENT") ?? "local"}
      title={t("shell.chooseAPassword")}
      note={
        owner === null ? t("shell.withTheLinkThatAnAdministrator") : t("shell.forTheAccountOf", { name: owner.name })
      }
    >
      {owner === null || typeof token !== "string" ? (
        <ErrorState title={t("shell.thisLinkIsNotValid")} detail={t("shell.itWasUsedHasExpiredOr")} />
      ) : (
        <ChoosePasswordForm token={token} email={owner.email} />
      )}
    </AuthFrame>
  );
}
