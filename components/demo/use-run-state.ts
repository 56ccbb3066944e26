"use client";

import { useLive } from "@/components/live/live-provider";

/** Another text with every run and every state of it; null until the live stream has told, or was tried in vain. */
export function useRunState(): string | null {
  return useLive(({ hasSnapshot, phase, run }) =>
    hasSnapshot || phase !== "connecting" ? `${run?.id ?? ""} ${run?.state ?? ""}` : null,
  );
}
