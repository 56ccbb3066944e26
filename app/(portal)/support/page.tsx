import { pageTitle } from "@/app/page-title";
import { SupportPage } from "@/components/support/support-page";
import { timestampSchema } from "@/lib/contracts/access";
import { requireStaff } from "../require-staff";

export const generateMetadata = pageTitle("lookUp");

type Query = Readonly<Record<string, string | string[] | undefined>>;

export default async function SupportPageRoute({ searchParams }: { searchParams: Promise<Query> }) {
  const { subscriber, at } = await searchParams;
  const identifier = typeof subscriber === "string" ? subscriber : "";
  const moment = timestampSchema.safeParse(at).data ?? null;
  await requireStaff();
  return <SupportPage identifier={identifier} at={moment} />;
}
