import type { SessionReport } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { sessionReport } from "./telemetry";

/** A session whose two paths carried so much, and nothing else. */
export function carriedSession(
  id: string,
  { lteDown = 0, wifiUp = 0 }: { lteDown?: number; wifiUp?: number },
  changes: Partial<SessionReport> = {},
): SessionReport {
  const base = sessionReport(id, { uploadBytes: wifiUp, downloadBytes: lteDown, ...changes });
  const [lte, wifi] = base.subflows;
  if (lte === undefined || wifi === undefined) throw new Error("two paths");
  const subflows = [
    { ...lte, uploadBytes: 0, downloadBytes: lteDown },
    { ...wifi, uploadBytes: wifiUp, downloadBytes: 0 },
  ];
  return { ...base, subflows };
}

/** What the ledger has: `day subscriber access up down`, one line each. */
export async function ledgerLines(): Promise<string[]> {
  const rows = await getDatabase().$queryRaw<{ line: string }[]>`
    SELECT concat_ws(' ', day, subscriber_id, access, upload_bytes, download_bytes) AS line FROM usage_by_day ORDER BY 1`;
  return rows.map(({ line }) => line);
}
