import type { Metadata } from "next";
import { SubscribersPage } from "@/components/subscribers/subscribers-page";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "Subscribers" };

export default async function SubscribersPageRoute() {
  await requireStaff("/subscribers");
  return <SubscribersPage />;
}
