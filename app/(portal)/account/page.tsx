import { pageTitle } from "@/app/page-title";
import { AccountPage } from "@/components/account/account-page";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("yourAccount");

export default async function AccountPageRoute() {
  await requireStaff();
  return <AccountPage />;
}
