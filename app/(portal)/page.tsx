import { pageTitle } from "@/app/page-title";
import { OverviewPage } from "@/components/overview/overview-page";
import { requireStaff } from "./require-staff";

export const generateMetadata = pageTitle("overview");

export default async function OverviewRoute() {
  await requireStaff("/");
  return <OverviewPage />;
}
