import type { Metadata } from "next";
import { TokensPage } from "@/components/tokens/tokens-page";
import { requireStaff } from "../../require-staff";

export const metadata: Metadata = { title: "API tokens" };

export default async function TokensPageRoute() {
  await requireStaff("/govern/tokens");
  return <TokensPage />;
}
