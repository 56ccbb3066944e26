/** FNV-1a over UTF-16 code units, then the finaliser of MurmurHash3: near keys fall far apart. 32 bits, unsigned. */
function hash(text: string): number {
  let state = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x0100_0193);
  state = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/**
 * True for the `percent` of the subscribers that a version is tried on. Each version draws anew; a subscriber that is
 * in at some percentage is in at every higher one, on every node.
 */
export function isInCanary(draw: { subscriberId: string; version: number; percent: number }): boolean {
  return hash(`${draw.version}:${draw.subscriberId}`) / 2 ** 32 < draw.percent / 100;
}
