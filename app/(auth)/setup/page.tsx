import type { Metadata } from "next";
import { AuthFrame } from "@/components/auth/auth-frame";
import { SetupForm } from "@/components/auth/setup-form";
import { ErrorState } from "@/components/ui/error-state";
import { readEnv } from "@/lib/shared/env";

/** The token is in the address: it must not travel on in a Referer header. */
export const metadata: Metadata = { title: "Set up", referrer: "no-referrer" };

export default async function SetupRoute({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const { token } = await searchParams;
  return (
    <AuthFrame
      environment={readEnv("TWINPATH_ENVIRONMENT") ?? "local"}
      title="Make the first account"
      note="It is the administrator of this portal. The link works once."
    >
      {typeof token === "string" ? (
        <SetupForm token={token} />
      ) : (
        <ErrorState
          title="The link is not complete"
          detail="Open the set-up link exactly as twinpath printed it at its start."
        />
      )}
    </AuthFrame>
  );
}
