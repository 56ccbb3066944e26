"use client";

import { PageFailure } from "@/components/shell/page-failure";
import "./globals.css";

export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <PageFailure onRetry={reset} />
      </body>
    </html>
  );
}
