import { pageTitle } from "@/app/page-title";
import { SharedRunPage } from "@/components/demo/shared-run-page";
import { readEnv } from "@/lib/shared/env";

export const generateMetadata = pageTitle("sharedRun", { referrer: "no-referrer" });

export default function SharedRunRoute() {
  return <SharedRunPage environment={readEnv("TWINPATH_ENVIRONMENT") ?? "local"} />;
}
