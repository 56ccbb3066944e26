import type { Access } from "@/lib/contracts/access";
import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { AppError } from "@/lib/shared/errors";

export const accesses: readonly Access[] = ["lte", "wifi", "other"];

export type Totals = TelemetryBatch["totals"];

export const zeroTotals: Totals = {
  lte: { uploadBytes: 0, downloadBytes: 0 },
  wifi: { uploadBytes: 0, downloadBytes: 0 },
  other: { uploadBytes: 0, downloadBytes: 0 },
};

/**
 * Bytes moved between two reports of one epoch, by access.
 * Errors: AppError TELEMETRY_NOT_MONOTONE where a counter went back.
 */
export function totalsDelta(before: Totals, after: Totals): Totals {
  const delta = (access: Access) => ({
    uploadBytes: after[access].uploadBytes - before[access].uploadBytes,
    downloadBytes: after[access].downloadBytes - before[access].downloadBytes,
  });
  for (const access of accesses) {
    const { uploadBytes, downloadBytes } = delta(access);
    if (uploadBytes < 0 || downloadBytes < 0)
      throw new AppError(
        "TELEMETRY_NOT_MONOTONE",
        `The totals of ${access} went back within one epoch: start a new epoch.`,
      );
  }
  return { lte: delta("lte"), wifi: delta("wifi"), other: delta("other") };
}
