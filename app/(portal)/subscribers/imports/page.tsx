import { pageTitle } from "@/app/page-title";
import { ImportsPage } from "@/components/imports/imports-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("imports");

export default async function ImportsPageRoute() {
  await requireStaff();
  return <ImportsPage />;
}
