import * as z from "zod";
import type { Subscriber, SubscriberFilter, SubscriberList } from "@/lib/contracts/subscribers";
import { type Database, getDatabase, Prisma } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { requireRole, type StaffActor, subscriberReaders } from "./actor";
import { identifiersFor } from "./identifiers";
import { cutPage } from "./page-cursor";
import { countNear, maxCounted, nearRows } from "./subscriber-breadth";
import {
  commonCondition,
  conditionOfAll,
  meaningCondition,
  meaningsOf,
  type SubscriberSearch,
} from "./subscriber-conditions";
import { asSubscriber, type SubscriberRow, subscriberColumns } from "./subscriber-row";
import type { SearchMeaning } from "./subscriber-search";

export type SubscriberListQuery = SubscriberFilter & { cursor?: string | undefined; limit: number };
/** With the number that the cursor names. */
type ListQuery = SubscriberSearch & { cursor?: string | undefined; limit: number };

/** What an index finds in its own order is sorted up to here; more is looked for in the list's order. */
const maxSorted = 2000;
/** How far the list is walked for what is found at every turn, before it is all sorted. */
const maxWalked = 20_000;
/** So many times more than is counted by the planner's estimate: then there are more, and counting to there would be in vain. */
const sureFactor = 5;

type ListedRow = SubscriberRow & { devices: bigint };

function after(cursor: string | undefined): Prisma.Sql {
  if (cursor === undefined) return Prisma.sql`true`;
  return Prisma.sql`s.msisdn > ${cursor}`;
}

/** The number that a cursor names: itself, or that of a subscriber where the list was masked. */
async function numberOf(database: Database, cursor: string | undefined): Promise<string | undefined> {
  if (cursor === undefined || /^\d{7,15}$/.test(cursor)) return cursor;
  const isId = z.uuid().safeParse(cursor).success;
  const row = isId ? await database.subscriber.findUnique({ where: { id: cursor }, select: { msisdn: true } }) : null;
  if (row === null)
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  return row.msisdn;
}

/** The first rows of the page from queries that give rows of `subscribers`. */
function readRows(database: Database, branches: readonly Prisma.Sql[], limit: number): Promise<ListedRow[]> {
  return database.$queryRaw<ListedRow[]>`
    SELECT ${subscriberColumns},
      (SELECT count(*) FROM devices d WHERE d.subscriber_id = s.id AND d.revoked_at IS NULL) AS devices
    FROM (SELECT * FROM (${Prisma.join(branches, " UNION ")}) found ORDER BY msisdn LIMIT ${limit + 1}) s
    ORDER BY s.msisdn`;
}

/** Found at nearly every turn: the list is walked. Found nowhere near: all that fit are sorted. */
async function findBroadly(database: Database, query: ListQuery, meaning: SearchMeaning): Promise<ListedRow[]> {
  const condition = Prisma.sql`${meaningCondition(meaning)} AND ${commonCondition(query)}`;
  const take = Prisma.sql`ORDER BY s.msisdn LIMIT ${query.limit + 1}`;
  const walk = Prisma.sql`(SELECT * FROM (SELECT * FROM subscribers s WHERE ${after(query.cursor)}
    ORDER BY s.msisdn LIMIT ${maxWalked}) s WHERE ${condition} ${take})`;
  const near = await readRows(database, [walk], query.limit);
  if (near.length > query.limit) return near;
  // OFFSET 0 keeps the planner from walking the list once more.
  const sort = Prisma.sql`(SELECT * FROM (SELECT * FROM subscribers s WHERE ${condition} AND ${after(query.cursor)}
    OFFSET 0) s ${take})`;
  return readRows(database, [sort], query.limit);
}

/** What one index finds of the list from the cursor on, in the list's order. */
function branch(query: ListQuery, meaning: SearchMeaning | null, columns: Prisma.Sql): Prisma.Sql {
  const near = meaning === null ? null : nearRows(meaning, Prisma.sql`*`);
  const condition = meaning === null || near !== null ? Prisma.sql`true` : meaningCondition(meaning);
  return Prisma.sql`(SELECT ${columns} FROM ${near ?? Prisma.sql`subscribers`} s
    WHERE ${condition} AND ${commonCondition(query)} AND ${after(query.cursor)} ORDER BY s.msisdn LIMIT ${query.limit + 1})`;
}

function inOrder(rows: readonly ListedRow[]): ListedRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...byId.values()].sort((a, b) => (a.msisdn < b.msisdn ? -1 : 1));
}

async function findRows(
  database: Database,
  query: ListQuery,
  meanings: readonly (SearchMeaning | null)[],
  broad: ReadonlySet<SearchMeaning>,
): Promise<ListedRow[]> {
  const branches = meanings
    .filter((meaning) => meaning === null || !broad.has(meaning))
    .map((meaning) => branch(query, meaning, Prisma.sql`*`));
  const found = await Promise.all([
    ...(branches.length === 0 ? [] : [readRows(database, branches, query.limit)]),
    ...[...broad].map((meaning) => findBroadly(database, query, meaning)),
  ]);
  return inOrder(found.flat()).slice(0, query.limit + 1);
}

type Plan = { "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] };

async function estimateTotal(database: Database, filter: SubscriberSearch): Promise<number> {
  const rows = await database.$queryRaw<Plan[]>`
    EXPLAIN (FORMAT JSON) SELECT 1 FROM subscribers s WHERE ${conditionOfAll(filter)}`;
  return Math.round(rows[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0);
}

/** Numbers are counted, in their order, because the indexes that find them hold them too. */
async function countTotal(
  database: Database,
  filter: SubscriberSearch,
  meanings: readonly (SearchMeaning | null)[],
): Promise<number> {
  const query = { ...filter, cursor: undefined, limit: maxCounted };
  const branches = meanings.map((meaning) => branch(query, meaning, Prisma.sql`s.msisdn`));
  const [row] = await database.$queryRaw<{ total: bigint }[]>`
    SELECT count(*) AS total FROM (${Prisma.join(branches, " UNION ")}) s`;
  return Number(row?.total ?? 0);
}

/** How many the filter finds; `isMany`: known to be more than are counted. */
async function readTotal(
  database: Database,
  filter: SubscriberSearch,
  meanings: readonly (SearchMeaning | null)[],
  isMany: boolean,
): Promise<SubscriberList["total"]> {
  const estimate = await estimateTotal(database, filter);
  const isCounted = !isMany && estimate <= maxCounted * sureFactor;
  const counted = isCounted ? await countTotal(database, filter, meanings) : maxCounted + 1;
  const isExact = counted <= maxCounted;
  return { value: isExact ? counted : Math.max(maxCounted + 1, estimate), isExact };
}

const asListed = (row: ListedRow): Subscriber => asSubscriber(row, Number(row.devices));

/** Subscribers by MSISDN, their numbers as the reader may see them. Errors: AppError AUTH_FORBIDDEN, REQUEST_BAD_CURSOR. */
export async function listSubscribers(staff: StaffActor, asked: SubscriberListQuery): Promise<SubscriberList> {
  requireRole(staff, subscriberReaders);
  const database = getDatabase();
  const identifiers = await identifiersFor(staff);
  const { seesAll } = identifiers;
  const query = { ...asked, cursor: await numberOf(database, asked.cursor), isMasked: !seesAll };
  const meanings = meaningsOf(query) ?? [null];
  if (meanings.length === 0) return { items: [], nextCursor: null, total: { value: 0, isExact: true } };
  const near = await countNear(database, meanings);
  const broad = [...near.keys()].filter((meaning) => (near.get(meaning) ?? 0) > maxSorted);
  const isMany = [...near.values()].some((count) => count > maxCounted);
  const [rows, total] = await Promise.all([
    findRows(database, query, meanings, new Set(broad)),
    readTotal(database, query, meanings, isMany),
  ]);
  const asShown = (row: ListedRow): Subscriber => identifiers.ofSubscriber(asListed(row));
  const page = cutPage(rows, query.limit, asShown, ({ id, msisdn }) => (seesAll ? msisdn : id));
  if (query.cursor === undefined && page.nextCursor === null)
    return { ...page, total: { value: rows.length, isExact: true } };
  return { ...page, total };
}
