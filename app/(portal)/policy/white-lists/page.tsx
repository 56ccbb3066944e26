import type { Metadata } from "next";
import { WhiteListsPage } from "@/components/policy/white-lists-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "White-lists" };

export default async function WhiteListsRoute() {
  await requireStaff("/policy/white-lists");
  return <WhiteListsPage />;
}
