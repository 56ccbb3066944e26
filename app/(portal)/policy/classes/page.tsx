import type { Metadata } from "next";
import { ServiceClassesPage } from "@/components/policy/service-classes-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "Service classes" };

export default async function ServiceClassesRoute() {
  await requireStaff("/policy/classes");
  return <ServiceClassesPage />;
}
