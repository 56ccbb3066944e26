import type { Metadata } from "next";
import { SharedRunPage } from "@/components/demo/shared-run-page";
import { readEnv } from "@/lib/shared/env";

export const metadata: Metadata = { title: "Shared run", referrer: "no-referrer" };

export default function SharedRunRoute() {
  return <SharedRunPage environment={readEnv("TWINPATH_ENVIRONMENT") ?? "local"} />;
}
