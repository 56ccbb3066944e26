import { pageTitle } from "@/app/page-title";
import { AuditPage } from "@/components/audit/audit-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("auditLog");

export default async function AuditPageRoute() {
  await requireStaff();
  return <AuditPage />;
}
