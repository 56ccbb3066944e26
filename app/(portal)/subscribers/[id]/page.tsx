import type { Metadata } from "next";
import { SubscriberPage } from "@/components/subscribers/subscriber-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "Subscriber" };

export default async function SubscriberPageRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireStaff(`/subscribers/${encodeURIComponent(id)}`);
  return <SubscriberPage id={id} />;
}
