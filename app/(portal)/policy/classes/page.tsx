import { pageTitle } from "@/app/page-title";
import { ServiceClassesPage } from "@/components/policy/service-classes-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("serviceClasses");

export default async function ServiceClassesRoute() {
  await requireStaff();
  return <ServiceClassesPage />;
}
