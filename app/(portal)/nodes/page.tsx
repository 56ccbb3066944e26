import type { Metadata } from "next";
import { NodesPage } from "@/components/nodes/nodes-page";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "Nodes" };

export default async function NodesRoute() {
  await requireStaff("/nodes");
  return <NodesPage />;
}
