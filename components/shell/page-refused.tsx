"use client";

import { Lock } from "lucide-react";
import { useTranslations } from "next-intl";
import type { Role } from "@/lib/contracts/portal";
import { Page } from "./page-header";
import { useStaff } from "./staff";

/** In place of a page that the role of who is signed in may not use. */
export function PageRefused({ roles }: { roles: readonly Role[] }) {
  const t = useTranslations();
  const { role } = useStaff();
  return (
    <Page>
      <div className="flex min-h-[50dvh] flex-col items-center justify-center gap-2 text-center">
        <Lock size={20} aria-hidden className="text-ink-3" />
        <h1 className="font-semibold text-xl">{t("shell.notForYourRole")}</h1>
        <p className="max-w-md text-ink-2">
          {t("shell.youAreSignedInAsThis", {
            role: t(`roles.${role}`),
            roles: roles.map((one) => t(`roles.${one}`)).join(", "),
          })}
        </p>
      </div>
    </Page>
  );
}
