import { pageTitle } from "@/app/page-title";
import { TokensPage } from "@/components/tokens/tokens-page";
import { requireStaff } from "../../require-staff";

export const generateMetadata = pageTitle("apiTokens");

export default async function TokensPageRoute() {
  await requireStaff();
  return <TokensPage />;
}
