import { pageTitle } from "@/app/page-title";
import { VersionsPage } from "@/components/policy/versions-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("policyVersions");

export default async function VersionsRoute() {
  await requireStaff();
  return <VersionsPage />;
}
