import { pageTitle } from "@/app/page-title";
import { MapPage } from "@/components/map/map-page";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("networkMap");

export default async function MapRoute() {
  await requireStaff();
  return <MapPage />;
}
