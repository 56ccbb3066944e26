import { pageTitle } from "@/app/page-title";
import { SubscribersPage } from "@/components/subscribers/subscribers-page";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("subscribers");

export default async function SubscribersPageRoute() {
  await requireStaff();
  return <SubscribersPage />;
}
