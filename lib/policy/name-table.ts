/** What stands in a table: under an exact name, or under the end of names. */
export type Named = { readonly kind: "host" | "domain-suffix"; readonly name: string };

const dot = 46;
const hashStart = 0x811c_9dc5;
/** Hosts and suffixes share the table; their hashes differ by this. */
const hostSalt = 0x5bd1_e995;
/** More than a name of 253 characters has. */
const mostLabels = 128;

/** FNV-1a, from the name's end to its start, so that one pass has the hash of each of its suffixes on the way. */
function hashOn(hash: number, char: number): number {
  return Math.imul(hash ^ char, 0x0100_0193);
}

/** Spreads a running hash over all bits (the finish of MurmurHash3). */
function spread(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

function hashOf({ kind, name }: Named): number {
  let hash = hashStart;
  for (let index = name.length - 1; index >= 0; index -= 1) hash = hashOn(hash, name.charCodeAt(index));
  return spread(kind === "host" ? hash ^ hostSalt : hash);
}

/** The byte of a spread hash that its slot is marked with, never 0; the slot itself comes from the other end. */
function tagOf(hash: number): number {
  return (hash >>> 24) | 1;
}

/**
 * An immutable table of hosts and of domain suffixes, which match whole labels. One pass over a name asks for all that
 * could match it; what is not in the table costs little more than one look at an array of a byte a slot, which stays in
 * the processor's cache where a tree of a hundred thousand nodes does not.
 */
export class NameTable<T extends Named> {
  /** A byte of the hash a slot, 0 for an empty one; open addressing, at most half full. */
  private readonly tags: Uint8Array;
  private readonly slots: (T | null)[];
  private readonly mask: number;
  /** Suffixes that the name in hand ends in, shortest first: slot and start. One array for all look-ups. */
  private readonly suffixes = new Uint32Array(mostLabels * 2);

  /** `name` normalised: lower-case, no dot at either end. */
  constructor(entries: readonly T[]) {
    const size = 2 ** Math.ceil(Math.log2(entries.length * 2 + 2));
    this.mask = size - 1;
    this.tags = new Uint8Array(size);
    this.slots = Array<T | null>(size).fill(null);
    for (const entry of entries) {
      const hash = hashOf(entry);
      let slot = hash & this.mask;
      while (this.tags[slot] !== 0) slot = (slot + 1) & this.mask;
      this.tags[slot] = tagOf(hash);
      this.slots[slot] = entry;
    }
  }

  /**
   * The first entry that fits, most specific first: the host, then suffixes from the longest, and equal ones in the order
   * they were given. Null where none does. `isFit` must not ask this table.
   */
  find<Asked>(name: string, isFit: (entry: T, asked: Asked) => boolean, asked: Asked): T | null {
    const { suffixes } = this;
    let hash = hashStart;
    let count = 0;
    for (let index = name.length - 1; index >= 0; index -= 1) {
      const char = name.charCodeAt(index);
      if (char === dot && count < mostLabels) {
        const slot = this.slotOf("domain-suffix", spread(hash), name, index + 1);
        if (slot >= 0) {
          suffixes[count * 2] = slot;
          suffixes[count * 2 + 1] = index + 1;
          count += 1;
        }
      }
      hash = hashOn(hash, char);
    }
    const host = this.slotOf("host", spread(hash ^ hostSalt), name, 0);
    const exact = host < 0 ? null : this.firstFrom(host, name, 0, isFit, asked);
    if (exact !== null) return exact;
    const whole = this.slotOf("domain-suffix", spread(hash), name, 0);
    const longest = whole < 0 ? null : this.firstFrom(whole, name, 0, isFit, asked);
    if (longest !== null) return longest;
    for (let index = count - 1; index >= 0; index -= 1) {
      const match = this.firstFrom(suffixes[index * 2] ?? 0, name, suffixes[index * 2 + 1] ?? 0, isFit, asked);
      if (match !== null) return match;
    }
    return null;
  }

  /** The slot of the first entry of this kind named like the end of `name` that begins at `start`; -1 for none. */
  private slotOf(kind: Named["kind"], hash: number, name: string, start: number): number {
    const tag = tagOf(hash);
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const known = this.tags[slot] ?? 0;
      if (known === 0) return -1;
      if (known !== tag) continue;
      const entry = this.slots[slot] ?? null;
      if (entry !== null && entry.kind === kind && isEnd(entry.name, name, start)) return slot;
    }
  }

  /** The first that fits of the entry in this slot and those behind it that are its equals. */
  private firstFrom<Asked>(
    first: number,
    name: string,
    start: number,
    isFit: (entry: T, asked: Asked) => boolean,
    asked: Asked,
  ): T | null {
    const leader = this.slots[first] ?? null;
    if (leader === null) return null;
    if (isFit(leader, asked)) return leader;
    const tag = this.tags[first];
    for (let slot = (first + 1) & this.mask; this.tags[slot] !== 0; slot = (slot + 1) & this.mask) {
      if (this.tags[slot] !== tag) continue;
      const entry = this.slots[slot] ?? null;
      if (entry === null || entry.kind !== leader.kind || !isEnd(entry.name, name, start)) continue;
      if (isFit(entry, asked)) return entry;
    }
    return null;
  }
}

function isEnd(end: string, name: string, start: number): boolean {
  return end.length === name.length - start && name.endsWith(end);
}
