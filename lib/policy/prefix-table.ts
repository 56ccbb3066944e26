import { type Cidr, type IpAddress, parseCidr, prefixMask } from "./ip";

type Entry<T> = { value: T; parent: Entry<T> | null };
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

/**
 * Prefixes of one family, flattened: CIDRs nest or are disjoint, so the address space falls into spans, each with one
 * innermost prefix. Finding it is one binary search; its wider prefixes hang on it as parents.
 */
class SpanTable<T> {
  private readonly starts: Uint32Array;
  private readonly entries: (Entry<T> | null)[] = [];
  private readonly wordCount: number;

  constructor(prefixes: Prefix<T>[], wordCount: number) {
    this.wordCount = wordCount;
    const starts: number[] = [];
    const addSpan = (start: readonly number[], entry: Entry<T> | null): void => {
      const isSame = this.entries.length > 0 && compareWords(starts.slice(-wordCount), start) === 0;
      if (isSame) this.entries.pop();
      else starts.push(...start);
      this.entries.push(entry);
    };
    const open: { end: readonly number[]; entry: Entry<T> }[] = [];
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
  }

  find(words: readonly number[]): Entry<T> | null {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isAfter(middle, words)) high = middle;
      else low = middle + 1;
    }
    return this.entries[low - 1] ?? null;
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

function toPrefix<T>(cidr: Cidr, index: number, value: T): Prefix<T> {
  const end = cidr.words.map((word, at) => (word | ~prefixMask(cidr.prefixLength, at)) >>> 0);
  return { start: cidr.words, end, length: cidr.prefixLength, index, value };
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
    return this.entry(address)?.value ?? null;
  }

  /** The value of the longest prefix that holds the address and whose value fits. */
  findWhere(address: IpAddress, isFit: (value: T) => boolean): T | null {
    for (let entry = this.entry(address); entry !== null; entry = entry.parent)
      if (isFit(entry.value)) return entry.value;
    return null;
  }

  private entry(address: IpAddress): Entry<T> | null {
    return (address.family === 4 ? this.v4 : this.v6).find(address.words);
  }
}
