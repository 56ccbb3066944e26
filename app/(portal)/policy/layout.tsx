import type { ReactNode } from "react";
import { DraftBar } from "@/components/policy/draft-bar";
import { PageRefused } from "@/components/shell/page-refused";
import { policyReaders } from "@/components/shell/pages";
import { currentStaff } from "@/lib/auth/current-staff";

/** All pages of policy: for the roles that may see it, with the draft's bar. Strangers are sent away by each page. */
export default async function PolicyLayout({ children }: { children: ReactNode }) {
  const staff = await currentStaff();
  if (staff === null) return children;
  if (!policyReaders.includes(staff.role)) return <PageRefused roles={policyReaders} />;
  return (
    <div className="flex min-h-[calc(100dvh-7.25rem)] flex-col lg:min-h-dvh [&_:is(a,button,input,select,summary,textarea)]:scroll-mb-32">
      <div className="grow">{children}</div>
      <DraftBar />
    </div>
  );
}
