import type { RuleHits } from "@/lib/contracts/telemetry";
import type { Transaction } from "@/lib/db/client";

/** Add a batch's rule hits to the ledger of rules. Rows are locked in one order, for two nodes may count the same rule. */
export async function storeRuleHits(transaction: Transaction, hits: readonly RuleHits[]): Promise<void> {
  if (hits.length === 0) return;
  await transaction.$executeRaw`
    INSERT INTO rule_hits (white_list_id, kind, value, hits, last_at)
    SELECT "whiteListId", "kind", "value", sum("hits"), max("lastAt")
    FROM jsonb_to_recordset(${JSON.stringify(hits)}::jsonb) AS row("whiteListId" text, "kind" text, "value" text,
      "hits" bigint, "lastAt" timestamptz)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (white_list_id, kind, value) DO UPDATE SET
      hits = rule_hits.hits + excluded.hits,
      last_at = greatest(rule_hits.last_at, excluded.last_at)`;
}
