import { notFound } from "next/navigation";
import { pageTitle } from "@/app/page-title";
import { WhiteListPage } from "@/components/policy/white-list-page";
import { itemParamsSchema } from "@/lib/contracts/policy-admin";
import { requireStaff } from "../../../require-staff";

export const generateMetadata = pageTitle("whiteList");

export default async function WhiteListRoute({ params }: { params: Promise<{ id: string }> }) {
  const parsed = itemParamsSchema.safeParse(await params);
  if (!parsed.success) notFound();
  const { id } = parsed.data;
  await requireStaff();
  return <WhiteListPage key={id} id={id} />;
}
