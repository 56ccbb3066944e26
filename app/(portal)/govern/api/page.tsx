import { pageTitle } from "@/app/page-title";
import { ApiReferencePage } from "@/components/api-reference/api-reference-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("apiReference");

export default async function ApiReferencePageRoute() {
  await requireStaff();
  return <ApiReferencePage />;
}
