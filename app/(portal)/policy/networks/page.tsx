import { pageTitle } from "@/app/page-title";
import { NetworksPage } from "@/components/policy/networks-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("accessNetworks");

export default async function NetworksRoute() {
  await requireStaff();
  return <NetworksPage />;
}
