import type { Metadata } from "next";
import { MapPage } from "@/components/map/map-page";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "Network map" };

export default async function MapRoute() {
  await requireStaff("/map");
  return <MapPage />;
}
