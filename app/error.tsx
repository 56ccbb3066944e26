"use client";

import { PageFailure } from "@/components/shell/page-failure";

export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return <PageFailure onRetry={reset} />;
}
