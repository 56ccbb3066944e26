import type { Access } from "@/lib/contracts/access";
import { getDatabase, Prisma, type Transaction } from "@/lib/db/client";
import { accesses } from "./usage-delta";
import { dayOf, daysAfter, firstSessionDay } from "./usage-retention";

const timeoutMs = 600_000;

export type Bytes = { uploadBytes: bigint; downloadBytes: bigint };
type AccessBytes = { access: Access; paths: Bytes; unattributed: Bytes; ledger: Bytes };
type Difference = { what: string; expectedBytes: bigint; foundBytes: bigint };

export type Reconciled = {
  /** First and last day. */
  from: Date;
  to: Date;
  /** Of subscribers whose sessions lie within the days. */
  accesses: AccessBytes[];
  /** What sessions that their node ended say that they carried, what their paths have with what no path shows… */
  sessions: Bytes;
  sessionPaths: Bytes;
  /** …and how much of that is more than they say: the kernel had it and the relay ended before it could pass it on. */
  notPassedOn: Bytes;
  /** Paths of sessions that run or whose node died: their last counters were taken at different moments. */
  unfinished: Bytes;
  /** What the nodes counted by themselves, of all subscribers. */
  nodes: Bytes;
  areNodesCompared: boolean;
  /** Subscribers with a session across the edge of the days. */
  leftOut: number;
  differences: Difference[];
};

/** Columns as text: sums go beyond what a number holds. */
type Texts<Names extends string> = Record<Names, string>;
type Edges = { from: Date; until: Date };

const noBytes: Bytes = { uploadBytes: 0n, downloadBytes: 0n };
const bytes = (uploadBytes: string, downloadBytes: string): Bytes => ({
  uploadBytes: BigInt(uploadBytes),
  downloadBytes: BigInt(downloadBytes),
});
const add = (one: Bytes, another: Bytes): Bytes => ({
  uploadBytes: one.uploadBytes + another.uploadBytes,
  downloadBytes: one.downloadBytes + another.downloadBytes,
});

/** Sessions with bytes in these days, and who has one that has bytes in others as well. */
function ranged({ from, until }: Edges): Prisma.Sql {
  return Prisma.sql`
    ranged AS MATERIALIZED (
      SELECT * FROM sessions WHERE ledger_from < ${until} AND ledger_to >= ${from}
    ), edge AS MATERIALIZED (
      SELECT DISTINCT subscriber_id FROM ranged WHERE ledger_from < ${from} OR ledger_to >= ${until}
    )`;
}

function difference(what: string, expected: Bytes, found: Bytes): Difference[] {
  return (["uploadBytes", "downloadBytes"] as const).flatMap((way) =>
    expected[way] === found[way]
      ? []
      : [
          {
            what: `${what}, ${way === "uploadBytes" ? "upload" : "download"}`,
            expectedBytes: expected[way],
            foundBytes: found[way],
          },
        ],
  );
}

type SubscriberRow = { subscriberId: string; access: Access } & Texts<
  "pathUp" | "pathDown" | "restUp" | "restDown" | "ledgerUp" | "ledgerDown"
>;

/** By subscriber and access where paths and ledger differ, and the sums of all (subscriber null). */
async function comparePaths(
  transaction: Transaction,
  edges: Edges,
): Promise<Pick<Reconciled, "accesses" | "differences">> {
  const { from, until } = edges;
  const compared = Prisma.sql`
    WITH ${ranged(edges)}, parts AS (
      SELECT s.subscriber_id, p.access, p.upload_bytes AS path_up, p.download_bytes AS path_down, 0 AS rest_up,
        0 AS rest_down, 0 AS ledger_up, 0 AS ledger_down
      FROM ranged s JOIN subflows p ON p.session_pk = s.id
      UNION ALL
      SELECT subscriber_id, 'other', 0, 0, unattributed_upload_bytes, unattributed_download_bytes, 0, 0 FROM ranged
      UNION ALL
      SELECT subscriber_id, access, 0, 0, 0, 0, upload_bytes, download_bytes FROM usage_by_day
      WHERE day >= ${from}::date AND day < ${until}::date
    ), compared AS (
      SELECT subscriber_id AS "subscriberId", access, sum(path_up) AS "pathUp", sum(path_down) AS "pathDown",
        sum(rest_up) AS "restUp", sum(rest_down) AS "restDown", sum(ledger_up) AS "ledgerUp",
        sum(ledger_down) AS "ledgerDown"
      FROM parts WHERE subscriber_id NOT IN (SELECT subscriber_id FROM edge) GROUP BY 1, 2
    )`;
  const sums = await transaction.$queryRaw<Omit<SubscriberRow, "subscriberId">[]>`
    ${compared} SELECT access::text, sum("pathUp")::text AS "pathUp", sum("pathDown")::text AS "pathDown",
      sum("restUp")::text AS "restUp", sum("restDown")::text AS "restDown", sum("ledgerUp")::text AS "ledgerUp",
      sum("ledgerDown")::text AS "ledgerDown" FROM compared GROUP BY 1`;
  const differing = await transaction.$queryRaw<SubscriberRow[]>`
    ${compared} SELECT "subscriberId", access::text, "pathUp"::text, "pathDown"::text, "restUp"::text, "restDown"::text,
      "ledgerUp"::text, "ledgerDown"::text FROM compared
    WHERE "pathUp" + "restUp" <> "ledgerUp" OR "pathDown" + "restDown" <> "ledgerDown" ORDER BY 1, 2`;
  return {
    accesses: accesses.map((access) => {
      const row = sums.find((one) => one.access === access);
      if (row === undefined) return { access, paths: noBytes, unattributed: noBytes, ledger: noBytes };
      return {
        access,
        paths: bytes(row.pathUp, row.pathDown),
        unattributed: bytes(row.restUp, row.restDown),
        ledger: bytes(row.ledgerUp, row.ledgerDown),
      };
    }),
    differences: differing.flatMap((row) =>
      difference(
        `ledger of subscriber ${row.subscriberId}, ${row.access}`,
        add(bytes(row.pathUp, row.pathDown), bytes(row.restUp, row.restDown)),
        bytes(row.ledgerUp, row.ledgerDown),
      ),
    ),
  };
}

type SessionSums = Texts<"up" | "down" | "pathUp" | "pathDown" | "moreUp" | "moreDown" | "openUp" | "openDown">;
type SessionRow = { key: string } & Texts<"up" | "down" | "pathUp" | "pathDown">;

/** What ended sessions say they carried, against their paths and what no path shows. */
async function compareSessions(
  transaction: Transaction,
  edges: Edges,
): Promise<Pick<Reconciled, "sessions" | "sessionPaths" | "notPassedOn" | "unfinished" | "differences" | "leftOut">> {
  const compared = Prisma.sql`
    WITH ${ranged(edges)}, compared AS (
      SELECT s.id AS key, s.ended_at IS NOT NULL AND s.end_reason <> 'node-restarted' AS is_ended,
        s.upload_bytes + s.handshake_upload_bytes AS up,
        s.download_bytes + s.handshake_download_bytes + s.reinjected_bytes AS down,
        s.unattributed_upload_bytes + coalesce(sum(p.upload_bytes), 0) AS path_up,
        s.unattributed_download_bytes + coalesce(sum(p.download_bytes), 0) AS path_down
      FROM ranged s LEFT JOIN subflows p ON p.session_pk = s.id
      WHERE s.subscriber_id NOT IN (SELECT subscriber_id FROM edge)
      GROUP BY s.id, 2, 3, 4, s.unattributed_upload_bytes, s.unattributed_download_bytes
    )`;
  const [sums] = await transaction.$queryRaw<(SessionSums & { leftOut: number })[]>`
    ${compared} SELECT coalesce(sum(up) FILTER (WHERE is_ended), 0)::text AS up,
      coalesce(sum(down) FILTER (WHERE is_ended), 0)::text AS down,
      coalesce(sum(path_up) FILTER (WHERE is_ended), 0)::text AS "pathUp",
      coalesce(sum(path_down) FILTER (WHERE is_ended), 0)::text AS "pathDown",
      coalesce(sum(greatest(0, path_up - up)) FILTER (WHERE is_ended), 0)::text AS "moreUp",
      coalesce(sum(greatest(0, path_down - down)) FILTER (WHERE is_ended), 0)::text AS "moreDown",
      coalesce(sum(path_up) FILTER (WHERE NOT is_ended), 0)::text AS "openUp",
      coalesce(sum(path_down) FILTER (WHERE NOT is_ended), 0)::text AS "openDown",
      (SELECT count(*)::int FROM edge) AS "leftOut"
    FROM compared`;
  const missing = await transaction.$queryRaw<SessionRow[]>`
    ${compared} SELECT key::text, up::text, down::text, path_up::text AS "pathUp", path_down::text AS "pathDown"
    FROM compared WHERE is_ended AND (up > path_up OR down > path_down) ORDER BY key`;
  if (sums === undefined)
    return {
      sessions: noBytes,
      sessionPaths: noBytes,
      notPassedOn: noBytes,
      unfinished: noBytes,
      differences: [],
      leftOut: 0,
    };
  return {
    sessions: bytes(sums.up, sums.down),
    sessionPaths: bytes(sums.pathUp, sums.pathDown),
    notPassedOn: bytes(sums.moreUp, sums.moreDown),
    unfinished: bytes(sums.openUp, sums.openDown),
    leftOut: sums.leftOut,
    differences: missing.flatMap((row) =>
      difference(`paths of session ${row.key}`, bytes(row.up, row.down), bytes(row.pathUp, row.pathDown)),
    ),
  };
}

/** The nodes' own totals against the ledger without what no path shows. */
async function compareNodes(
  transaction: Transaction,
  { from, until }: Edges,
): Promise<Pick<Reconciled, "nodes" | "areNodesCompared" | "differences">> {
  const [sums] = await transaction.$queryRaw<
    (Texts<"up" | "down" | "ledgerUp" | "ledgerDown"> & { areCompared: boolean })[]
  >`
    SELECT (SELECT coalesce(sum(upload_bytes), 0)::text FROM usage_minutes
        WHERE minute >= ${from} AND minute < ${until}) AS up,
      (SELECT coalesce(sum(download_bytes), 0)::text FROM usage_minutes
        WHERE minute >= ${from} AND minute < ${until}) AS down,
      (coalesce(sum(upload_bytes), 0) - (SELECT coalesce(sum(unattributed_upload_bytes), 0) FROM sessions
        WHERE ledger_to >= ${from} AND ledger_to < ${until}))::text AS "ledgerUp",
      (coalesce(sum(download_bytes), 0) - (SELECT coalesce(sum(unattributed_download_bytes), 0) FROM sessions
        WHERE ledger_to >= ${from} AND ledger_to < ${until}))::text AS "ledgerDown",
      NOT EXISTS (SELECT 1 FROM sessions WHERE ended_at IS NULL OR (ledger_from IS NULL AND ended_at >= ${from})
        OR (ledger_from = 'epoch' AND ledger_to >= ${from})) AS "areCompared"
    FROM usage_by_day WHERE day >= ${from}::date AND day < ${until}::date`;
  if (sums === undefined) return { nodes: noBytes, areNodesCompared: false, differences: [] };
  const nodes = bytes(sums.up, sums.down);
  const areNodesCompared = sums.areCompared;
  const ledger = bytes(sums.ledgerUp, sums.ledgerDown);
  return { nodes, areNodesCompared, differences: areNodesCompared ? difference("ledger of all", nodes, ledger) : [] };
}

async function firstDay(transaction: Transaction): Promise<Date | null> {
  const [row] = await transaction.$queryRaw<{ day: Date | null }[]>`SELECT min(day) AS day FROM usage_by_day`;
  return row?.day ?? null;
}

/**
 * Compare what paths, sessions, the ledger and the nodes have of whole days (UTC, both named ones included; of those whose
 * sessions are kept), in one snapshot of the database. Subscribers with sessions across the edge of the days are left out.
 */
export async function reconcileUsage(
  days: { from: Date | null; to: Date | null },
  now = new Date(),
): Promise<Reconciled> {
  return getDatabase().$transaction(
    async (transaction) => {
      const to = days.to ?? dayOf(now);
      const wanted = days.from ?? (await firstDay(transaction)) ?? to;
      const kept = firstSessionDay(now);
      const from = wanted < kept ? kept : wanted;
      const edges = { from, until: daysAfter(to, 1) };
      const paths = await comparePaths(transaction, edges);
      const sessions = await compareSessions(transaction, edges);
      const nodes = await compareNodes(transaction, edges);
      const differences = [...paths.differences, ...sessions.differences, ...nodes.differences];
      return { from, to, ...paths, ...sessions, ...nodes, differences };
    },
    { isolationLevel: "RepeatableRead", timeout: timeoutMs },
  );
}
