import { pageTitle } from "@/app/page-title";
import { NodesPage } from "@/components/nodes/nodes-page";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("nodes");

export default async function NodesRoute() {
  await requireStaff();
  return <NodesPage />;
}
