import { pageTitle } from "@/app/page-title";
import { AlertsPage } from "@/components/alerts/alerts-page";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("alerts");

export default async function AlertsPageRoute() {
  await requireStaff();
  return <AlertsPage />;
}
