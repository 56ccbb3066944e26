import { pageTitle } from "@/app/page-title";
import { SnapshotPage } from "@/components/support/snapshot-page";
import { requireStaff } from "../../../require-staff";

export const generateMetadata = pageTitle("snapshot");

export default async function SnapshotPageRoute({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  await requireStaff();
  return <SnapshotPage token={token} />;
}
