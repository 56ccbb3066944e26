import { pageTitle } from "@/app/page-title";
import { SessionPage } from "@/components/sessions/session-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("session");

export default async function SessionPageRoute({ params }: { params: Promise<{ key: string }> }) {
  const { key } = await params;
  await requireStaff();
  return <SessionPage sessionKey={key} />;
}
