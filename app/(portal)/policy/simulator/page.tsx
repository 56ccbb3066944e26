import { pageTitle } from "@/app/page-title";
import { readSimulatorQuery } from "@/components/policy/prepare-simulator";
import { SimulatorPage } from "@/components/policy/simulator-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("simulator");

type SimulatorRouteProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SimulatorRoute({ searchParams }: SimulatorRouteProps) {
  const form = readSimulatorQuery(await searchParams);
  await requireStaff();
  return <SimulatorPage initial={form} />;
}
