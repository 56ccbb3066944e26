import type { Metadata } from "next";
import { AuditPage } from "@/components/audit/audit-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditPageRoute() {
  await requireStaff("/govern/audit");
  return <AuditPage />;
}
