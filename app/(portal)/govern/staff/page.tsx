import { pageTitle } from "@/app/page-title";
import { StaffPage } from "@/components/staff/staff-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("staff");

export default async function StaffPageRoute() {
  await requireStaff();
  return <StaffPage />;
}
