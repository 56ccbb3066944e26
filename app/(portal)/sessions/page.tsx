import type { Metadata } from "next";
import { SessionsPage } from "@/components/sessions/sessions-page";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "Sessions" };

export default async function SessionsRoute() {
  await requireStaff("/sessions");
  return <SessionsPage />;
}
