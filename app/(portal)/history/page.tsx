import { pageTitle } from "@/app/page-title";
import { HistoryPage } from "@/components/history/history-page";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("history");

export default async function HistoryPageRoute() {
  await requireStaff();
  return <HistoryPage />;
}
