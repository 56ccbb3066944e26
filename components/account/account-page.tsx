"use client";

import { useTranslations } from "next-intl";
import { Page, PageHeader } from "@/components/shell/page-header";
import { useStaff } from "@/components/shell/staff";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { OwnSessionsCard } from "./own-sessions-card";
import { PasswordCard } from "./password-card";
import { SecondFactorCard } from "./second-factor-card";

/** What everybody may do with their own account. */
export function AccountPage() {
  const t = useTranslations();
  const { name, email, role } = useStaff();
  return (
    <Page>
      <PageHeader title={t("account.yourAccount")} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="flex flex-col gap-4">
          <Card title={t("account.whoYouAre")} note={t("account.anAdministratorCanChangeIt")}>
            <Facts
              facts={[
                [t("common.name"), name],
                [t("common.email"), email],
                [t("common.role"), t(`roles.${role}`)],
              ]}
            />
          </Card>
          <PasswordCard />
          <SecondFactorCard />
        </div>
        <OwnSessionsCard />
      </div>
    </Page>
  );
}
