const idlePx = 1.5;
const thinnestPx = 2.5;
const thickestPx = 16;
/** A quiet network is not blown up: the widest line never stands for less than this. */
const lowestScaleBps = 10e6;

/** The bit rate that the widest line stands for: a round number that holds `highestBps`. */
export function widthScale(highestBps: number): number {
  const wanted = Math.max(lowestScaleBps, highestBps);
  const magnitude = 10 ** Math.floor(Math.log10(wanted) + 1e-9);
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].find((step) => step * magnitude >= wanted - 1e-6) ?? 10) * magnitude;
}

/** A line's width in pixels: proportional to its bit rate, and thin where nothing flows. */
export function lineWidth(bps: number | null, scaleBps: number): number {
  if (bps === null || bps <= 0) return idlePx;
  return Math.max(thinnestPx, Math.min(1, bps / scaleBps) * thickestPx);
}
