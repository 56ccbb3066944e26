import type { Metadata } from "next";
import { NetworksPage } from "@/components/policy/networks-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "Access networks" };

export default async function NetworksRoute() {
  await requireStaff("/policy/networks");
  return <NetworksPage />;
}
