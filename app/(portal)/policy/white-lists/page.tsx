import { pageTitle } from "@/app/page-title";
import { WhiteListsPage } from "@/components/policy/white-lists-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("whiteLists");

export default async function WhiteListsRoute() {
  await requireStaff();
  return <WhiteListsPage />;
}
