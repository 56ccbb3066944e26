"use client";

import { PageFailure } from "@/components/shell/page-failure";

/** A page failed: the shell around it stays. */
export default function PortalPageError({ reset }: { error: Error; reset: () => void }) {
  return <PageFailure onRetry={reset} />;
}
