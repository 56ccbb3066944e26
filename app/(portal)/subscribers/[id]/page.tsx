import { pageTitle } from "@/app/page-title";
import { SubscriberPage } from "@/components/subscribers/subscriber-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("subscriber");

export default async function SubscriberPageRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireStaff();
  return <SubscriberPage id={id} />;
}
