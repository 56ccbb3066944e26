/** FNV-1a over UTF-16 code units, then the finaliser of MurmurHash3: near keys fall far apart. 32 bits, unsigned. */
export function hash(text: string): number {
  let state = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x0100_0193);
  state = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
