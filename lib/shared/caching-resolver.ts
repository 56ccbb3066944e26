import type { RecordWithTtl } from "node:dns";
import { lookup, Resolver } from "node:dns/promises";
import { changeTime } from "./change-time";
import { AppError } from "./errors";
import { sleep } from "./sleep";

/** Good until then, by `performance.now()`. */
type Answer = { addresses: string[]; expiresMs: number };

const minTtlMs = 1000;
const maxTtlMs = 300_000;
const systemTtlMs = 5000;
const maxNames = 10_000;
/** How long IPv4 addresses that have come wait for IPv6 ones. Source: RFC 8305 §3. */
const ipv6DelayMs = 50;
/** Names the system's servers; on another network, others. */
const systemFile = "/etc/resolv.conf";
const lookEveryMs = 2000;

/** What one set of DNS servers was asked, and answered. */
class AskedServers {
  private readonly answers = new Map<string, Answer>();
  private readonly asking = new Map<string, Promise<Answer>>();
  private readonly dns = new Resolver({ timeout: 2000, tries: 2 });

  constructor(servers: readonly string[] | null) {
    if (servers !== null) this.dns.setServers(servers);
  }

  find(name: string): Answer | Promise<Answer> {
    const known = this.answers.get(name);
    if (known !== undefined && known.expiresMs > performance.now()) return known;
    return this.asking.get(name) ?? this.ask(name);
  }

  private ask(name: string): Promise<Answer> {
    const asking = this.findAnswer(name).finally(() => this.asking.delete(name));
    this.asking.set(name, asking);
    return asking;
  }

  private async findAnswer(name: string): Promise<Answer> {
    const found = (await this.askDns(name)) ?? (await askSystem(name));
    const answer = found ?? { addresses: [], expiresMs: performance.now() + minTtlMs };
    if (this.answers.size >= maxNames) this.answers.clear();
    this.answers.set(name, answer);
    return answer;
  }

  /** IPv6 addresses that come later than they are waited for are known from then on. */
  private async askDns(name: string): Promise<Answer | null> {
    const asking6 = this.dns.resolve6(name, { ttl: true }).catch(() => []);
    const v4 = await this.dns.resolve4(name, { ttl: true }).catch(() => []);
    if (v4.length === 0) return answerOf(await asking6, v4);
    const v6 = await soon(asking6);
    const answer = answerOf(v6 ?? [], v4);
    if (v6 === null)
      void asking6.then((late) => {
        const whole = answerOf(late, v4);
        if (whole !== null && this.answers.get(name) === answer) this.answers.set(name, whole);
      });
    return answer;
  }
}

/**
 * Names to addresses, each answer kept for its TTL (that there is none: for a second), and asked for once however many
 * want it at once. IPv6 and IPv4 alternate, IPv6 first (RFC 8305 §4).
 * Names the DNS does not know are asked of the system's resolver, so that a hosts file counts too.
 * Errors: AppError ENOTFOUND.
 */
export class CachingResolver {
  private asked: AskedServers;
  private changedAt: number;
  private lookedMs = Number.NEGATIVE_INFINITY;

  /**
   * @param servers DNS servers as `address:port`; null: the system's, those of another network once it has changed
   * @param file names the system's servers, for tests
   */
  constructor(
    private readonly servers: readonly string[] | null = null,
    private readonly file = systemFile,
  ) {
    this.changedAt = changeTime(file);
    this.asked = new AskedServers(servers);
  }

  async resolve(name: string): Promise<string[]> {
    if (this.servers === null) this.followSystem();
    const found = this.asked.find(name);
    const { addresses } = found instanceof Promise ? await found : found;
    if (addresses.length === 0) throw new AppError("ENOTFOUND", `No address is known for ${name}.`);
    return addresses;
  }

  /** The resolver reads the file once, when it is made. */
  private followSystem(): void {
    const nowMs = performance.now();
    if (nowMs - this.lookedMs < lookEveryMs) return;
    this.lookedMs = nowMs;
    const changedAt = changeTime(this.file);
    if (changedAt === this.changedAt) return;
    this.changedAt = changedAt;
    this.asked = new AskedServers(null);
  }
}

async function askSystem(name: string): Promise<Answer | null> {
  const found = await lookup(name, { all: true, order: "verbatim" }).catch(() => []);
  if (found.length === 0) return null;
  return { addresses: found.map((entry) => entry.address), expiresMs: performance.now() + systemTtlMs };
}

/** Null where there is no record. */
function answerOf(v6: readonly RecordWithTtl[], v4: readonly RecordWithTtl[]): Answer | null {
  const records = [...v6, ...v4];
  if (records.length === 0) return null;
  const ttlMs = Math.min(...records.map((record) => record.ttl)) * 1000;
  const addresses = alternate(
    v6.map((record) => record.address),
    v4.map((record) => record.address),
  );
  return { addresses, expiresMs: performance.now() + Math.min(Math.max(ttlMs, minTtlMs), maxTtlMs) };
}

/** Null where it takes longer than `ipv6DelayMs`. */
async function soon(answer: Promise<RecordWithTtl[]>): Promise<RecordWithTtl[] | null> {
  const over = new AbortController();
  try {
    return await Promise.race([answer, sleep(ipv6DelayMs, over.signal).then(() => null)]);
  } finally {
    over.abort();
  }
}

function alternate(first: string[], second: string[]): string[] {
  const length = Math.max(first.length, second.length);
  return Array.from({ length }, (_, index) => [first[index], second[index]])
    .flat()
    .filter((address) => address !== undefined);
}
