import type { Access } from "@/lib/contracts/access";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { lockKeys } from "@/lib/db/lock-keys";
import type { AccountingRecord, TerminateCause } from "@/lib/radius/accounting-record";
import type { AccountingServers } from "@/lib/radius/accounting-servers";
import type { AccountingSettings } from "./accounting-settings";

const pageRows = 512;
/** Three tries of each fit into the 256 identifiers of a server. */
const recordsAtOnce = 64;
const transactionMs = 120_000;
/** A record that a server leaves unanswered while it answers others is tried again after this time. */
const retryMs = 60_000;

/** No standard number says LTE; NAS-Port-Id says it in a word. */
const portTypes = { lte: "wireless-other", wifi: "wireless-802.11", other: "virtual" } as const;

type Row = {
  id: string;
  subscriberId: string;
  access: Access;
  day: string;
  msisdn: string | null;
  fromMinute: Date;
  uploadBytes: string;
  downloadBytes: string;
  toldAt: Date | null;
  endedAt: Date | null;
  endCause: TerminateCause | null;
  countedTo: Date;
};

function readDue(transaction: Transaction, now: Date): Promise<Row[]> {
  return transaction.$queryRaw<Row[]>`
    SELECT s.id::text, subscriber_id AS "subscriberId", access::text, day::text, msisdn, from_minute AS "fromMinute",
      upload_bytes::text AS "uploadBytes", download_bytes::text AS "downloadBytes", told_at AS "toldAt",
      ended_at AS "endedAt", end_cause AS "endCause",
      least(folded_to, (day + 1)::timestamp AT TIME ZONE 'UTC') AS "countedTo"
    FROM accounting_sessions s CROSS JOIN accounting_cursor
    WHERE next_try_at <= ${now} ORDER BY next_try_at LIMIT ${pageRows}`;
}

/** What the server is to hear next of a session. */
function recordOf(row: Row, nasIdentifier: string): AccountingRecord {
  const session = {
    sessionId: row.id,
    multiSessionId: `${row.day} ${row.subscriberId}`,
    userName: row.subscriberId,
    callingStationId: row.msisdn,
    nasIdentifier,
    portType: portTypes[row.access],
    portId: row.access,
  };
  if (row.toldAt === null) return { ...session, status: "start", at: row.fromMinute };
  const at = row.endedAt ?? row.countedTo;
  const counted = {
    seconds: Math.round((at.getTime() - row.fromMinute.getTime()) / 1000),
    inputOctets: BigInt(row.uploadBytes),
    outputOctets: BigInt(row.downloadBytes),
  };
  if (row.endCause === null) return { ...session, status: "interim", at, counted };
  return { ...session, status: "stop", at, counted, cause: row.endCause };
}

type Sent = { row: Row; failure: unknown };

/** Send a page, some at a time; it ends early where nobody answers. */
async function sendPage(
  rows: readonly Row[],
  servers: AccountingServers,
  settings: AccountingSettings,
): Promise<Sent[]> {
  const rest = [...rows];
  const sent: Sent[] = [];
  const isAnswered = (): boolean => sent.length === 0 || sent.some(({ failure }) => failure === null);
  const work = async (): Promise<void> => {
    for (let row = rest.shift(); row !== undefined; row = isAnswered() ? rest.shift() : undefined) {
      const failure = await servers.send(recordOf(row, settings.nasIdentifier)).then(
        () => null,
        (error: unknown) => error,
      );
      sent.push({ row, failure });
    }
  };
  await Promise.all(Array.from({ length: recordsAtOnce }, work));
  return sent;
}

/** A session whose end the server has is done. */
async function noteTaken(transaction: Transaction, rows: readonly Row[], now: Date, interimMs: number): Promise<void> {
  const isOver = ({ toldAt, endedAt }: Row): boolean => toldAt !== null && endedAt !== null;
  const ids = (kept: readonly Row[]): string[] => kept.map(({ id }) => id);
  await transaction.$executeRaw`DELETE FROM accounting_sessions WHERE id = ANY(${ids(rows.filter(isOver))}::uuid[])`;
  await transaction.$executeRaw`
    UPDATE accounting_sessions SET told_at = ${now}, due_at = next.at, next_try_at = next.at
    FROM (
      SELECT id AS told_id, CASE WHEN ended_at IS NULL THEN ${new Date(now.getTime() + interimMs)}::timestamptz ELSE ${now}::timestamptz END AS at
      FROM accounting_sessions WHERE id = ANY(${ids(rows.filter((row) => !isOver(row)))}::uuid[]) FOR UPDATE
    ) next WHERE id = told_id`;
}

async function sendDuePage(servers: AccountingServers, settings: AccountingSettings, now: Date): Promise<boolean> {
  return getDatabase().$transaction(
    async (transaction) => {
      const [lock] = await transaction.$queryRaw<{ got: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${lockKeys.accounting}) AS got`;
      if (lock?.got !== true) return false;
      const rows = await readDue(transaction, now);
      if (rows.length === 0) return false;
      const sent = await sendPage(rows, servers, settings);
      const failed = sent.filter(({ failure }) => failure !== null);
      if (failed.length === sent.length) throw failed[0]?.failure;
      const taken = sent.filter(({ failure }) => failure === null).map(({ row }) => row);
      await noteTaken(transaction, taken, now, settings.interimMs);
      const retryAt = new Date(now.getTime() + retryMs);
      await transaction.accountingSession.updateMany({
        where: { id: { in: failed.map(({ row }) => row.id) } },
        data: { nextTryAt: retryAt },
      });
      return true;
    },
    { timeout: transactionMs },
  );
}

/**
 * Send what is due of the accounting sessions: of each its start, what it has carried now and then while it runs, and its
 * end, one record at a time, each until a server says that it has it. A record that was taken and not noted, for a portal
 * ended in between, is sent again: of one Acct-Session-Id the greatest counters count.
 *
 * Errors: what the last server gave where none answers; all stays due.
 */
export async function sendAccounting(
  servers: AccountingServers,
  settings: AccountingSettings,
  now = new Date(),
): Promise<void> {
  try {
    while (await sendDuePage(servers, settings, now));
  } finally {
    await servers.close();
  }
}
