import { pageTitle } from "@/app/page-title";
import { ImportPage } from "@/components/imports/import-page";
import { requireStaff } from "../../../require-staff";

export const generateMetadata = pageTitle("import");

export default async function ImportPageRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireStaff();
  return <ImportPage id={id} />;
}
