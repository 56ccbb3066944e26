import type { Metadata } from "next";
import { AlertsPage } from "@/components/alerts/alerts-page";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPageRoute() {
  await requireStaff("/alerts");
  return <AlertsPage />;
}
