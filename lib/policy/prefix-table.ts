import { type Cidr, type IpAddress, parseCidr, prefixMask } from "./ip";

/** A prefix's value; the wider prefixes around it hang on it as parents. */
export type PrefixEntry<T> = { readonly value: T; readonly parent: PrefixEntry<T> | null };
type Prefix<T> = { start: readonly number[]; end: readonly number[]; length: number; index: number; value: T };

function compareWords(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < left.length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The address after `words`; null after the last one. */
function nextAddress(words: readonly number[]): number[] | null {
  const next = [...words];
  for (let index = next.length - 1; index >= 0; index -= 1) {
    const word = next[index] ?? 0;
    if (word !== 0xffff_ffff) {
      next[index] = word + 1;
      return next;
    }
    next[index] = 0;
  }
  return null;
}

/** Tables from this many spans on are searched by an address's first 16 bits (a quarter of a megabyte), others by 8. */
const largeFrom = 4096;

/**
 * Prefixes of one family, flattened: CIDRs nest or are disjoint, so the address space falls into spans, each with one
 * innermost prefix. Finding it is one binary search; its wider prefixes hang on it as parents.
 */
class SpanTable<T> {
  private readonly starts: Uint32Array;
  private readonly entries: (PrefixEntry<T> | null)[] = [];
  private readonly wordCount: number;
  /** For each value of an address's first bits, how many spans start below it: where to search. */
  private readonly blocks: Uint32Array;
  /** How far right an address's first word is shifted to give those bits. */
  private readonly blockShift: number;

  constructor(prefixes: Prefix<T>[], wordCount: number) {
    this.wordCount = wordCount;
    const starts: number[] = [];
    const addSpan = (start: readonly number[], entry: PrefixEntry<T> | null): void => {
      const isSame = this.entries.length > 0 && compareWords(starts.slice(-wordCount), start) === 0;
      if (isSame) this.entries.pop();
      else starts.push(...start);
      this.entries.push(entry);
    };
    const open: { end: readonly number[]; entry: PrefixEntry<T> }[] = [];
    const closeBefore = (start: readonly number[] | null): void => {
      for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
        if (start !== null && compareWords(top.end, start) >= 0) return;
        open.pop();
        const after = nextAddress(top.end);
        if (after !== null) addSpan(after, open.at(-1)?.entry ?? null);
      }
    };
    const inOrder = [...prefixes].sort(
      (left, right) => compareWords(left.start, right.start) || left.length - right.length || right.index - left.index,
    );
    for (const { start, end, value } of inOrder) {
      closeBefore(start);
      const entry = { value, parent: open.at(-1)?.entry ?? null };
      addSpan(start, entry);
      open.push({ end, entry });
    }
    closeBefore(null);
    this.starts = Uint32Array.from(starts);
    const blockBits = this.entries.length < largeFrom ? 8 : 16;
    this.blockShift = 32 - blockBits;
    this.blocks = this.countByBlock(2 ** blockBits);
  }

  private countByBlock(count: number): Uint32Array {
    const blocks = new Uint32Array(count + 1);
    let span = 0;
    for (let block = 0; block <= count; block += 1) {
      const start = block * 2 ** this.blockShift;
      while (span < this.entries.length && (this.starts[span * this.wordCount] ?? 0) < start) span += 1;
      blocks[block] = span;
    }
    return blocks;
  }

  find(words: readonly number[]): PrefixEntry<T> | null {
    return this.entries[this.spanOf(words)] ?? null;
  }

  isEvery(start: readonly number[], end: readonly number[], isFit: (value: T | null) => boolean): boolean {
    const last = this.spanOf(end);
    for (let span = this.spanOf(start); span <= last; span += 1)
      if (!isFit(this.entries[span]?.value ?? null)) return false;
    return true;
  }

  /** The span that holds the address; -1 before the first. */
  private spanOf(words: readonly number[]): number {
    const word = words[0] ?? 0;
    const block = word >>> this.blockShift;
    let low = this.blocks[block] ?? 0;
    let high = this.blocks[block + 1] ?? 0;
    const isOneWord = this.wordCount === 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isAfter = isOneWord ? (this.starts[middle] ?? 0) > word : this.isAfter(middle, words);
      if (isAfter) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  private isAfter(span: number, words: readonly number[]): boolean {
    const offset = span * this.wordCount;
    for (let index = 0; index < this.wordCount; index += 1) {
      const start = this.starts[offset + index] ?? 0;
      const word = words[index] ?? 0;
      if (start !== word) return start > word;
    }
    return false;
  }
}

function lastAddress(words: readonly number[], prefixLength: number): number[] {
  return words.map((word, at) => (word | ~prefixMask(prefixLength, at)) >>> 0);
}

function toPrefix<T>({ words, prefixLength }: Cidr, index: number, value: T): Prefix<T> {
  return { start: words, end: lastAddress(words, prefixLength), length: prefixLength, index, value };
}

/**
 * An immutable table from CIDR to value where the longest prefix wins; of equal prefixes the first one given.
 * A look-up takes O(log n) and allocates nothing.
 */
export class PrefixTable<T> {
  /** How many prefixes it holds. */
  readonly size: number;
  private readonly v4: SpanTable<T>;
  private readonly v6: SpanTable<T>;

  /** Errors: AppError POLICY_BAD_CIDR. */
  constructor(entries: Iterable<{ cidr: string; value: T }>) {
    const v4: Prefix<T>[] = [];
    const v6: Prefix<T>[] = [];
    let size = 0;
    for (const { cidr, value } of entries) {
      const parsed = parseCidr(cidr);
      (parsed.family === 4 ? v4 : v6).push(toPrefix(parsed, size, value));
      size += 1;
    }
    this.size = size;
    this.v4 = new SpanTable(v4, 1);
    this.v6 = new SpanTable(v6, 4);
  }

  /** The value of the longest prefix that holds the address; null where none does. */
  find(address: IpAddress): T | null {
    return this.innermost(address)?.value ?? null;
  }

  /** The longest prefix that holds the address; null where none does. */
  innermost(address: IpAddress): PrefixEntry<T> | null {
    return (address.family === 4 ? this.v4 : this.v6).find(address.words);
  }

  /** True where each address of the range has a value, or the lack of one, that fits; asks every span of the range. */
  isEvery({ family, words, prefixLength }: Cidr, isFit: (value: T | null) => boolean): boolean {
    return (family === 4 ? this.v4 : this.v6).isEvery(words, lastAddress(words, prefixLength), isFit);
  }
}
