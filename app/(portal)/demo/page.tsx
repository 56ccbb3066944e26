import { pageTitle } from "@/app/page-title";
import { DemoPage } from "@/components/demo/demo-page";
import { demoRoles } from "@/lib/services/actor";
import { readRunOnStage } from "@/lib/services/demo-run-store";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("demo");

export default async function DemoRoute() {
  const staff = await requireStaff();
  return <DemoPage mayRun={demoRoles.includes(staff.role)} atFirst={await readRunOnStage()} />;
}
