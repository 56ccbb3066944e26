import type { Metadata } from "next";
import { ApiReferencePage } from "@/components/api-reference/api-reference-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "API reference" };

export default async function ApiReferencePageRoute() {
  await requireStaff("/govern/api");
  return <ApiReferencePage />;
}
