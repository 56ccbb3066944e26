import type { Metadata } from "next";
import { VersionsPage } from "@/components/policy/versions-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "Policy versions" };

export default async function VersionsRoute() {
  await requireStaff("/policy/versions");
  return <VersionsPage />;
}
