import { lookup, Resolver } from "node:dns/promises";
import { AppError } from "./errors";

type Answer = { addresses: string[]; expiresAt: number };

const minTtlMs = 1000;
const maxTtlMs = 300_000;
const systemTtlMs = 5000;
const maxNames = 10_000;

/**
 * Names to addresses, each answer kept for its TTL (that there is none: for a second), and asked for once however many
 * want it at once. IPv6 and IPv4 alternate, IPv6 first (RFC 8305 §4).
 * Names the DNS does not know are asked of the system's resolver, so that a hosts file counts too.
 * Errors: AppError ENOTFOUND.
 */
export class CachingResolver {
  private readonly answers = new Map<string, Answer>();
  private readonly asking = new Map<string, Promise<Answer>>();
  private readonly dns = new Resolver({ timeout: 2000, tries: 2 });

  /** @param servers DNS servers as `address:port`; null: the system's */
  constructor(servers: readonly string[] | null = null) {
    if (servers !== null) this.dns.setServers(servers);
  }

  async resolve(name: string): Promise<string[]> {
    const known = this.answers.get(name);
    const isFresh = known !== undefined && known.expiresAt > Date.now();
    const { addresses } = isFresh ? known : await (this.asking.get(name) ?? this.ask(name));
    if (addresses.length === 0) throw new AppError("ENOTFOUND", `No address is known for ${name}.`);
    return addresses;
  }

  private ask(name: string): Promise<Answer> {
    const asking = this.findAnswer(name).finally(() => this.asking.delete(name));
    this.asking.set(name, asking);
    return asking;
  }

  private async findAnswer(name: string): Promise<Answer> {
    const found = (await this.askDns(name)) ?? (await askSystem(name));
    const answer = found ?? { addresses: [], expiresAt: Date.now() + minTtlMs };
    if (this.answers.size >= maxNames) this.answers.clear();
    this.answers.set(name, answer);
    return answer;
  }

  private async askDns(name: string): Promise<Answer | null> {
    const [v6, v4] = await Promise.all([
      this.dns.resolve6(name, { ttl: true }).catch(() => []),
      this.dns.resolve4(name, { ttl: true }).catch(() => []),
    ]);
    const records = [...v6, ...v4];
    if (records.length === 0) return null;
    const ttlMs = Math.min(...records.map((record) => record.ttl)) * 1000;
    const addresses = alternate(
      v6.map((record) => record.address),
      v4.map((record) => record.address),
    );
    return { addresses, expiresAt: Date.now() + Math.min(Math.max(ttlMs, minTtlMs), maxTtlMs) };
  }
}

async function askSystem(name: string): Promise<Answer | null> {
  const found = await lookup(name, { all: true, order: "verbatim" }).catch(() => []);
  if (found.length === 0) return null;
  return { addresses: found.map((entry) => entry.address), expiresAt: Date.now() + systemTtlMs };
}

function alternate(first: string[], second: string[]): string[] {
  const length = Math.max(first.length, second.length);
  return Array.from({ length }, (_, index) => [first[index], second[index]])
    .flat()
    .filter((address) => address !== undefined);
}
