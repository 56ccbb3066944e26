import type { Metadata } from "next";
import { SupportPage } from "@/components/support/support-page";
import { requireStaff } from "../require-staff";

export const metadata: Metadata = { title: "Look-up" };

type Query = Readonly<Record<string, string | string[] | undefined>>;

export default async function SupportPageRoute({ searchParams }: { searchParams: Promise<Query> }) {
  await requireStaff("/support");
  const { subscriber } = await searchParams;
  return <SupportPage identifier={typeof subscriber === "string" ? subscriber : ""} />;
}
