import type { Metadata } from "next";
import { AccountPage } from "@/components/account/account-page";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPageRoute() {
  await requireStaff("/account");
  return <AccountPage />;
}
