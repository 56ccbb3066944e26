import { createHash } from "node:crypto";
import type { Client } from "pg";
import { usageDayBounds, usageDayTable } from "@/lib/db/usage-days";

const dayMs = 86_400_000;
export const subscribers = 1_000_000;
/** Ended sessions of the last month, each with two paths. */
const sessions = 500_000;

/** Spread over all UUIDs (version 4), as real ones are, and known without asking. */
const subscriberId = (n: string): string =>
  `overlay(overlay(md5('subscriber ' || ${n}) PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid`;

/** Of the subscriber of this number, as the database makes it. */
export function subscriberIdOf(n: number): string {
  const hex = createHash("md5").update(`subscriber ${n}`).digest("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}
export const msisdnOf = (n: number): string => `8210${String(n).padStart(8, "0")}`;

export async function fillSubscribers(database: Client): Promise<void> {
  await database.query(`
    INSERT INTO subscribers (id, msisdn, state, service_class_id)
    SELECT ${subscriberId("n")}, '8210' || lpad(n::text, 8, '0'), 'active', 'gold' FROM generate_series(1, ${subscribers}) n`);
  await database.query(`
    INSERT INTO sessions (node_id, epoch, session_id, device_id, subscriber_id, service_class_id, protocol, destination,
      white_list_id, policy_version, transport, started_at, upload_bytes, download_bytes, handshake_upload_bytes,
      handshake_download_bytes, reinjected_bytes, ended_at, end_reason)
    SELECT 'ingest-1', 'past', n::text, 'device-' || n, ${subscriberId(`(1 + n::bigint * 7919 % ${subscribers})`)}, 'gold',
      'socks5', 'content.example:443', 'web', 1, 'mptcp', now() - n * interval '5 seconds', 1000, 100000, 0, 0, 0,
      now() - n * interval '5 seconds' + interval '1 minute', 'client-closed'
    FROM generate_series(1, ${sessions}) n`);
  await database.query(`
    INSERT INTO subflows (session_pk, id, access, ue_address, ue_port, proxy_address, proxy_port, upload_bytes,
      download_bytes, rtt_ms, retrans_segments, is_open)
    SELECT s.id, path.id, path.access::access_kind, '10.1.0.2', 40000, '192.0.2.1', 1080, 500, 50000, 20, 0, false
    FROM sessions s CROSS JOIN (VALUES (1, 'lte'), (2, 'wifi')) AS path(id, access)`);
}

/**
 * A day of the ledger's minutes in a table of its own: two rows, LTE and WiFi, of each of so many subscribers. Filled
 * before its index is made, and then attached.
 */
export async function fillLedgerDay(database: Client, day: Date, rows: number): Promise<void> {
  const table = usageDayTable(day);
  const [from, to] = usageDayBounds(day);
  const shift = Math.round(day.getTime() / dayMs);
  await database.query(`CREATE TABLE ${table} (LIKE usage_ledger_minutes)`);
  await database.query(`
    INSERT INTO ${table}
    SELECT ${subscriberId(`(1 + (n::bigint * 7919 + ${shift * 104_729}) % ${subscribers})`)}::text,
      '${from}'::timestamptz + (n * 37 % 1440) * interval '1 minute', access::access_kind, 1000 + n % 1000, 100000 + n
    FROM generate_series(0, ${Math.floor(rows / 2) - 1}) n CROSS JOIN (VALUES ('lte'), ('wifi')) AS a(access)`);
  await database.query(`ALTER TABLE ${table} ADD PRIMARY KEY (subscriber_id, minute, access)`);
  await database.query(
    `ALTER TABLE usage_ledger_minutes ATTACH PARTITION ${table} FOR VALUES FROM ('${from}') TO ('${to}')`,
  );
}

/** Hours and days of all minutes that are there, by two connections. */
export async function fillRollUps(database: Client, other: Client): Promise<void> {
  const hours = database.query(`
    INSERT INTO usage_ledger_hours SELECT subscriber_id, date_trunc('hour', minute), access, sum(upload_bytes), sum(download_bytes)
    FROM usage_ledger_minutes GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`);
  const days = other.query(`
    INSERT INTO usage_ledger_days SELECT subscriber_id, (minute AT TIME ZONE 'UTC')::date, access, sum(upload_bytes),
      sum(download_bytes) FROM usage_ledger_minutes GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`);
  await Promise.all([hours, days]);
  for (const table of ["subscribers", "sessions", "subflows", "usage_ledger_hours", "usage_ledger_days"])
    await database.query(`VACUUM ANALYZE ${table}`);
  await database.query("ANALYZE usage_ledger_minutes");
}
