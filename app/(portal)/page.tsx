import type { Metadata } from "next";
import { OverviewPage } from "@/components/overview/overview-page";
import { requireStaff } from "./require-staff";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewRoute() {
  await requireStaff("/");
  return <OverviewPage />;
}
