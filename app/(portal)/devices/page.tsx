import { pageTitle } from "@/app/page-title";
import { DevicesPage } from "@/components/devices/devices-page";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("devices");

export default async function DevicesPageRoute() {
  await requireStaff();
  return <DevicesPage />;
}
