import { pageTitle } from "@/app/page-title";
import { RecordedRun } from "@/components/demo/recorded-run";
import { requireStaff } from "../../../require-staff";

export const generateMetadata = pageTitle("recordedRun");

export default async function RecordedRunRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireStaff();
  return <RecordedRun id={id} />;
}
