import { getTranslations } from "next-intl/server";
import { pageTitle } from "@/app/page-title";
import { AuthFrame } from "@/components/auth/auth-frame";
import { SetupForm } from "@/components/auth/setup-form";
import { ErrorState } from "@/components/ui/error-state";
import { readEnv } from "@/lib/shared/env";

/** The token is in the address: it must not travel on in a Referer header. */
export const generateMetadata = pageTitle("setUp", { referrer: "no-referrer" });

export default async function SetupRoute({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const t = await getTranslations();
  const { token } = await searchParams;
  return (
    <AuthFrame
      environment={readEnv("TWINPATH_ENVIRONMENT") ?? "local"}
      title={t("shell.makeTheFirstAccount")}
      note={t("shell.itIsTheAdministratorOfThis")}
    >
      {typeof token === "string" ? (
        <SetupForm token={token} />
      ) : (
        <ErrorState title={t("shell.theLinkIsNotComplete")} detail={t("shell.openTheSetUpLinkExactly")} />
      )}
    </AuthFrame>
  );
}
