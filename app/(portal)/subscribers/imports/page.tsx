import type { Metadata } from "next";
import { ImportsPage } from "@/components/imports/imports-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "Imports" };

export default async function ImportsPageRoute() {
  await requireStaff("/subscribers/imports");
  return <ImportsPage />;
}
