import { pageTitle } from "@/app/page-title";
import { SessionsPage } from "@/components/sessions/sessions-page";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("sessions");

export default async function SessionsRoute() {
  await requireStaff();
  return <SessionsPage />;
}
