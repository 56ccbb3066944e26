import type { ReactNode } from "react";
import { AppShell } from "@/components/shell/app-shell";
import { currentStaff } from "@/lib/auth/current-staff";
import { readEnv } from "@/lib/shared/env";

/** The shell for who is signed in; each page itself sends strangers to the sign-in page, which knows the way back. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const staff = await currentStaff();
  if (staff === null) return children;
  return (
    <AppShell me={staff} environment={readEnv("TWINPATH_ENVIRONMENT") ?? "local"}>
      {children}
    </AppShell>
  );
}
