import { cookies } from "next/headers";
import { pageTitle } from "@/app/page-title";
import { OverviewPage } from "@/components/overview/overview-page";
import { firstStepsCookie } from "@/components/overview/prepare-first-steps";
import { readFirstSteps } from "@/lib/services/read-first-steps";
import { requireStaff } from "./require-staff";

export const generateMetadata = pageTitle("overview");

export default async function OverviewRoute() {
  const { id } = await requireStaff();
  const isAway = (await cookies()).get(firstStepsCookie.name)?.value === firstStepsCookie.value;
  return <OverviewPage firstSteps={isAway ? null : await readFirstSteps(id)} />;
}
