import type { Metadata } from "next";
import { DemoPage } from "@/components/demo/demo-page";
import { demoRoles } from "@/lib/services/actor";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "Demo" };

export default async function DemoRoute() {
  const staff = await requireStaff("/demo");
  return <DemoPage mayRun={demoRoles.includes(staff.role)} />;
}
