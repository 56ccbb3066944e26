/** The integral part of the correction, as a part of the cap. */
export type LteCorrection = { offset: number };

const gainPerSecond = 0.8;
const proportional = 0.4;
const lowest = -0.3;
const highest = 0.25;

function within(value: number, from: number, to: number): number {
  return Math.min(to, Math.max(from, value));
}

/**
 * The rate to divide among a subscriber's LTE paths so that what is really sent meets the cap: pacing alone falls
 * short by what congestion control yields, and exceeds it by what was sent before a path was known.
 *
 * Units: payload bytes a second, milliseconds. A proportional and an integral part, the latter held between −30 % and
 * +25 % of the cap. `isSaturated`: the paths would send more; only then is it raised.
 */
export function correctLteRate(
  cap: number,
  before: LteCorrection,
  measured: { bytesPerSecond: number; isSaturated: boolean; spanMs: number },
): { rate: number; correction: LteCorrection } {
  const error = (cap - measured.bytesPerSecond) / cap;
  if (!measured.isSaturated && error >= 0) return { rate: cap * (1 + Math.min(0, before.offset)), correction: before };
  const offset = within(before.offset + (gainPerSecond * error * measured.spanMs) / 1000, lowest, highest);
  return { rate: cap * (1 + offset + proportional * within(error, -0.5, 0.2)), correction: { offset } };
}
