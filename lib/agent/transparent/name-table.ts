export type KnownName = { name: string; expiresMs: number };

const maxAddresses = 20_000;
const maxNamesPerAddress = 16;
const maxAliases = 5000;
/** A program may still connect a moment after its answer has run out. */
const graceMs = 60_000;

function setLast<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= limit) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

/**
 * Which names the addresses of this device's connections were asked for, white-listed or not: a policy that comes later
 * finds them here. Bounded; the least recently learned address is forgotten first. Times are of `performance.now()`.
 */
export class NameTable {
  private readonly names = new Map<string, KnownName[]>();
  private readonly aliases = new Map<string, KnownName>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  learn(name: string, address: string, ttlMs: number): void {
    const expiresMs = this.now() + ttlMs + graceMs;
    const others = (this.names.get(address) ?? []).filter((known) => known.name !== name);
    const known = [{ name, expiresMs }, ...others].slice(0, maxNamesPerAddress);
    setLast(this.names, address, known, maxAddresses);
  }

  /** `target` stands for `name`: what it resolves to is learned for `name`. */
  learnAlias(target: string, name: string, ttlMs: number): void {
    if (target === name) return;
    setLast(this.aliases, target, { name: this.ownerOf(name), expiresMs: this.now() + ttlMs + graceMs }, maxAliases);
  }

  /** The name that a queried name stands for; the queried name itself where it is nobody's target. */
  ownerOf(name: string): string {
    const known = this.aliases.get(name);
    return known === undefined || known.expiresMs < this.now() ? name : known.name;
  }

  /** The names an address was an answer for, the most recent one first. */
  namesOf(address: string): string[] {
    return this.live(this.names.get(address) ?? []).map(({ name }) => name);
  }

  /** Every address with its names. */
  *entries(): Iterable<{ address: string; names: KnownName[] }> {
    for (const [address, known] of this.names) {
      const names = this.live(known);
      if (names.length > 0) yield { address, names };
    }
  }

  private live(known: KnownName[]): KnownName[] {
    const now = this.now();
    return known.filter(({ expiresMs }) => expiresMs >= now);
  }
}
