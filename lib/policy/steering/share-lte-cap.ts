/** One LTE path of a subscriber. */
export type LteFlow = {
  /** Payload sent lately, bytes a second, smoothed over some hundred milliseconds. */
  usedRate: number;
  /** What it was given before, bytes a second; null for a new path. */
  givenRate: number | null;
};

/** A path that uses this part of what it has may want more. */
const hungryFrom = 0.8;
/** What a path that is held up elsewhere gets beyond its use, so that it can be seen to grow. */
const headroom = 1.3;
/** All idle paths together may begin with this part of the cap; taken back as soon as they do. */
const idlePart = 0.1;

function isHungry({ usedRate, givenRate }: LteFlow): boolean {
  return givenRate === null || usedRate >= hungryFrom * givenRate;
}

/**
 * Divide a subscriber's LTE rate among its paths, max-min fair: a path that is held up elsewhere gets a little more
 * than it uses, those that are hungry share the rest alike. Idle paths get a small part on top, for they do not use it.
 *
 * Units: bytes a second; one result per path, in order, each above 0 where `rate` is.
 */
export function shareLteCap(rate: number, flows: readonly LteFlow[]): number[] {
  const floor = (idlePart * rate) / Math.max(1, flows.length);
  const wants = flows.map((flow) => (isHungry(flow) ? Number.POSITIVE_INFINITY : headroom * flow.usedRate));
  const given = flows.map(() => 0);
  let left = rate;
  const inOrder = wants.map((want, index) => ({ want, index })).sort((one, other) => one.want - other.want);
  for (const [position, { want, index }] of inOrder.entries()) {
    const part = Math.min(want, left / (inOrder.length - position));
    given[index] = part;
    left -= part;
  }
  const busy = flows.filter(({ usedRate }) => usedRate > 0).length;
  return given.map((part, index) => {
    const spare = (flows[index]?.usedRate ?? 0) > 0 ? left / busy : 0;
    return Math.max(part + spare, floor);
  });
}
