import { notFound } from "next/navigation";
import { pageTitle } from "@/app/page-title";
import { VersionPage } from "@/components/policy/version-page";
import { versionParamsSchema } from "@/lib/contracts/policy-admin";
import { requireStaff } from "../../../require-staff";

export const generateMetadata = pageTitle("policyVersion");

export default async function VersionRoute({ params }: { params: Promise<{ version: string }> }) {
  const parsed = versionParamsSchema.safeParse(await params);
  if (!parsed.success) notFound();
  const { version } = parsed.data;
  await requireStaff();
  return <VersionPage key={version} version={version} />;
}
