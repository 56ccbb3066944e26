import type { WhiteListRule } from "@/lib/contracts/policy";
import type { RuleHits as RuleHitsReport } from "@/lib/contracts/telemetry";

type Rule = Pick<WhiteListRule, "kind" | "value">;
type Count = Omit<RuleHitsReport, "lastAt"> & { lastAtMs: number };

/** Rules kept while the portal does not take them; hits of further ones are not counted then. */
const maxRules = 50_000;

/** How often each white-list rule let a destination pass since it was last reported. */
export class RuleHits {
  private readonly hits = new Map<string, Count>();

  count(whiteListId: string, { kind, value }: Rule): void {
    const key = `${whiteListId}\0${kind}\0${value}`;
    const known = this.hits.get(key);
    if (known !== undefined) {
      known.hits += 1;
      known.lastAtMs = Date.now();
    } else if (this.hits.size < maxRules) {
      this.hits.set(key, { whiteListId, kind, value, hits: 1, lastAtMs: Date.now() });
    }
  }

  /** Hand over at most `limit` rules' hits; they are this caller's to deliver now. */
  take(limit: number): RuleHitsReport[] {
    const taken = [...this.hits].slice(0, limit);
    for (const [key] of taken) this.hits.delete(key);
    return taken.map(([, { lastAtMs, ...count }]) => ({ ...count, lastAt: new Date(lastAtMs).toISOString() }));
  }
}
