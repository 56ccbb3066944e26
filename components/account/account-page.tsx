"use client";

import { Page, PageHeader } from "@/components/shell/page-header";
import { useStaff } from "@/components/shell/staff";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { OwnSessionsCard } from "./own-sessions-card";
import { PasswordCard } from "./password-card";
import { SecondFactorCard } from "./second-factor-card";

/** What everybody may do with their own account. */
export function AccountPage() {
  const { name, email, role } = useStaff();
  return (
    <Page>
      <PageHeader title="Your account" />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="flex flex-col gap-4">
          <Card title="Who you are" note="An administrator can change it.">
            <Facts
              facts={[
                ["Name", name],
                ["Email", email],
                ["Role", role],
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
