import type { Metadata } from "next";
import { AuthFrame } from "@/components/auth/auth-frame";
import { ChoosePasswordForm } from "@/components/auth/choose-password-form";
import { ErrorState } from "@/components/ui/error-state";
import { findLinkOwner } from "@/lib/services/choose-password";
import { readEnv } from "@/lib/shared/env";

/** The token is in the address: it must not travel on in a Referer header. */
export const metadata: Metadata = { title: "Choose a password", referrer: "no-referrer" };

type Query = { token?: string | string[] };

export default async function ChoosePasswordRoute({ searchParams }: { searchParams: Promise<Query> }) {
  const { token } = await searchParams;
  const owner = typeof token === "string" ? await findLinkOwner(token) : null;
  return (
    <AuthFrame
      environment={readEnv("TWINPATH_ENVIRONMENT") ?? "local"}
      title="Choose a password"
      note={owner === null ? "With the link that an administrator gave you." : `For the account of ${owner.name}.`}
    >
      {owner === null || typeof token !== "string" ? (
        <ErrorState
          title="This link is not valid"
          detail="It was used, has expired, or is not complete. Ask an administrator for a new one."
        />
      ) : (
        <ChoosePasswordForm token={token} email={owner.email} />
      )}
    </AuthFrame>
  );
}
