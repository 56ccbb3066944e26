import type { Metadata } from "next";
import { HistoryPage } from "@/components/history/history-page";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "History" };

export default async function HistoryPageRoute() {
  await requireStaff("/history");
  return <HistoryPage />;
}
