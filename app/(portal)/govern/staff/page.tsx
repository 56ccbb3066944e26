import type { Metadata } from "next";
import { StaffPage } from "@/components/staff/staff-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "Staff" };

export default async function StaffPageRoute() {
  await requireStaff("/govern/staff");
  return <StaffPage />;
}
