import { hash } from "./hash";

/**
 * True for the `percent` of the subscribers that a version is tried on. Each version draws anew; a subscriber that is
 * in at some percentage is in at every higher one, on every node.
 */
export function isInCanary(draw: { subscriberId: string; version: number; percent: number }): boolean {
  return hash(`${draw.version}:${draw.subscriberId}`) / 2 ** 32 < draw.percent / 100;
}
