import type { Metadata } from "next";
import { DevicesPage } from "@/components/devices/devices-page";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "Devices" };

export default async function DevicesPageRoute() {
  await requireStaff("/devices");
  return <DevicesPage />;
}
