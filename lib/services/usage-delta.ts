import type { Access } from "@/lib/contracts/access";
import type { TelemetryBatch } from "@/lib/contracts/telemetry";

export const accesses: readonly Access[] = ["lte", "wifi", "other"];

export type Totals = TelemetryBatch["totals"];

export const zeroTotals: Totals = {
  lte: { uploadBytes: 0, downloadBytes: 0 },
  wifi: { uploadBytes: 0, downloadBytes: 0 },
  other: { uploadBytes: 0, downloadBytes: 0 },
};

type Bytes = Totals[Access];

function combine(left: Totals, right: Totals, bytes: (left: number, right: number) => number): Totals {
  const of = (access: Access): Bytes => ({
    uploadBytes: bytes(left[access].uploadBytes, right[access].uploadBytes),
    downloadBytes: bytes(left[access].downloadBytes, right[access].downloadBytes),
  });
  return { lte: of("lte"), wifi: of("wifi"), other: of("other") };
}

/**
 * What an epoch has moved by all that was heard of it: the most that each counter ever said. One that goes back has
 * nothing new to tell until it is beyond that.
 */
export function highestTotals(before: Totals, after: Totals): Totals {
  return combine(before, after, Math.max);
}

/** Bytes moved between two reports of one epoch, by access; `after` is nowhere below `before` (see highestTotals). */
export function totalsDelta(before: Totals, after: Totals): Totals {
  return combine(before, after, (from, to) => to - from);
}

export function sumTotals(left: Totals, right: Totals): Totals {
  return combine(left, right, (one, another) => one + another);
}
