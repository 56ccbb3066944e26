/**
 * `npm run measure -- ingest`: the portal as shipped, with 1,000,000 subscribers and 30 days of ledger made by SQL
 * (`--rows`, minutes, hours and days together; default 50,000,000, or what half of the free disk holds). Look-ups of the
 * support desk at rest; then three nodes with 5,000 busy sessions each deliver what waited during an outage, batch after
 * batch as their spool gathers it (every row of the ledger is new), and after that reports as they happen (known rows
 * grow), with look-ups and sums of the ledger meanwhile; then five old days fall to the portal's own housekeeping, and how
 * long others wait for it.
 */
import { statfsSync } from "node:fs";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { setEnv } from "@/lib/shared/env";
import { sleep } from "@/lib/shared/sleep";
import { BatchSender, gatheredMinutes, ledgerRowsInMinute } from "../factories/batch-sender";
import { conclude, describeMachine, median } from "../factories/figures";
import { fillLedgerDay, fillRollUps, fillSubscribers, msisdnOf, subscribers } from "../factories/ledger-data";
import { SignedInStaff } from "../factories/started-demo";
import { startProduct } from "../factories/started-product";

const { values: options } = parseArgs({
  options: { rows: { type: "string", default: "50000000" }, quick: { type: "boolean", default: false } },
});
/** With its index, and what the write-ahead log has of it meanwhile. */
const bytesInRow = 400;
const days = 30;
const oldDays = 5;
const nodes = 3;
const lookUps = 200;
const ingestSeconds = options.quick ? 5 : 20;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const goals = { rowsPerSecond: 30_000, lookUpMs: 50, waitMs: 100 };

const today = new Date(Math.floor(Date.now() / dayMs) * dayMs);
const dayBefore = (n: number): Date => new Date(today.getTime() - n * dayMs);
const percentile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
const spread = (values: readonly number[]): string =>
  `p50 ${median(values).toFixed(0)}, p95 ${percentile(values, 0.95).toFixed(0)}, worst ${Math.max(...values).toFixed(0)} ms`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Again and again until stopped; how long each took. */
function repeat(work: () => Promise<unknown>, pauseMs: number): () => Promise<number[]> {
  const took: number[] = [];
  let isOn = true;
  const done = (async () => {
    while (isOn) {
      took.push(await timed(work));
      await sleep(pauseMs);
    }
  })();
  return async () => {
    isOn = false;
    await done;
    return took;
  };
}

setEnv("TWINPATH_USAGE_MINUTE_DAYS", String(days + 1));
console.log(describeMachine());
const product = await startProduct();
const { bavail, bsize } = statfsSync(product.dataDir);
const rows = Math.min(options.quick ? 600_000 : Number(options.rows), Math.floor((bavail * bsize) / 2 / bytesInRow));
const database = new Client({ connectionString: product.databaseUrl });
const reader = new Client({ connectionString: product.databaseUrl });
const writer = new Client({ connectionString: product.databaseUrl });
try {
  const staff = await SignedInStaff.byLink(product);
  for (const client of [database, reader, writer]) await client.connect();
  const random = (): string => msisdnOf(1 + Math.floor(Math.random() * subscribers));
  const lookUp = (): Promise<unknown> =>
    staff.call("POST", "/api/support/look-up", { identifier: `+${random()}`, purpose: "a measure", destination: null });
  const sumOfDay = (): Promise<unknown> =>
    reader.query(
      `SELECT access, sum(download_bytes) FROM usage_by_day WHERE subscriber_id = (SELECT id::text FROM subscribers
       WHERE msisdn = $1) AND day > current_date - 30 GROUP BY 1`,
      [random()],
    );

  const startedAt = new Date(Date.now() - 2 * dayMs);
  const senders: BatchSender[] = [];
  for (let n = 1; n <= nodes; n += 1)
    senders.push(
      await BatchSender.enrol(product.portalUrl, database, { name: `ingest-${n}`, first: n * 100_000, startedAt }),
    );
  const fillMs = await timed(async () => {
    await fillSubscribers(database);
    const left = Array.from({ length: days }, (_, n) => n + 1);
    const fillLeft = async (client: Client): Promise<void> => {
      for (let n = left.pop(); n !== undefined; n = left.pop())
        await fillLedgerDay(client, dayBefore(n), rows / 3 / days);
    };
    await Promise.all([fillLeft(database), fillLeft(writer)]);
    await fillRollUps(database, writer);
  });
  const size = await database.query("SELECT pg_size_pretty(pg_database_size(current_database())) AS size");
  console.log(
    `${subscribers} subscribers, ${days} days, ${rows} ledger rows by SQL in ${(fillMs / 1000).toFixed(0)} s; the database has ${size.rows[0].size}`,
  );

  for (let n = 0; n < 20; n += 1) await lookUp();
  const rested: number[] = [];
  for (let n = 0; n < lookUps; n += 1) rested.push(await timed(lookUp));
  console.log(`look-up at rest: ${spread(rested)}; ${rested.length}`);

  /** What all nodes deliver in a second, each with one batch on its way. */
  const ingest = async (name: string, send: (sender: BatchSender, count: number) => Promise<void>): Promise<number> => {
    const stops = [repeat(lookUp, 200), repeat(sumOfDay, 50)];
    const until = performance.now() + ingestSeconds * 1000;
    const began = performance.now();
    const sent = await Promise.all(
      senders.map(async (sender) => {
        let count = 0;
        for (; performance.now() < until; count += 1) await send(sender, count);
        return count;
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    const [looks = [], sums = []] = await Promise.all(stops.map((stop) => stop()));
    const batches = sent.reduce((sum, count) => sum + count, 0);
    console.log(
      `${name}: ${batches} batches of ${nodes} nodes in ${seconds.toFixed(1)} s; meanwhile look-ups ${spread(looks)} (${looks.length}), sums of the ledger ${spread(sums)} (${sums.length})`,
    );
    return batches / seconds;
  };
  for (const sender of senders) await sender.send(new Date(dayBefore(1).getTime() - minuteMs));
  const batchRate = await ingest("after an outage", (sender, count) =>
    sender.sendGathered(new Date(dayBefore(1).getTime() + count * gatheredMinutes * minuteMs)),
  );
  const rate = batchRate * gatheredMinutes * ledgerRowsInMinute;
  const liveMs = Date.now() - 10 * minuteMs;
  const live = await ingest("as they happen", (sender, count) => sender.send(new Date(liveMs + count * 1000)));

  let added = 0;
  const add = (): Promise<unknown> => {
    added += 1;
    return writer.query(
      `INSERT INTO usage_ledger_minutes VALUES ('measure', date_trunc('minute', now()), 'lte', 1, 1)
       ON CONFLICT (subscriber_id, minute, access) DO UPDATE SET upload_bytes = usage_ledger_minutes.upload_bytes + 1`,
    );
  };
  const calm = [repeat(sumOfDay, 5), repeat(add, 5)];
  await sleep(10_000);
  const before = (await Promise.all(calm.map((stop) => stop()))).flat();
  const isThere = async (): Promise<boolean> => {
    const found = await database.query(
      "SELECT 1 FROM pg_class WHERE relkind = 'r' AND relname ~ '^usage_ledger_minutes_' AND relname < $1",
      [`usage_ledger_minutes_${dayBefore(days).toISOString().slice(0, 10).replaceAll("-", "")}`],
    );
    return found.rowCount !== 0;
  };
  for (let n = days + oldDays; n > days; n -= 1) await fillLedgerDay(database, dayBefore(n), rows / 3 / days);
  const watched = [repeat(sumOfDay, 5), repeat(add, 5)];
  while (await isThere()) await sleep(200);
  const during = (await Promise.all(watched.map((stop) => stop()))).flat();
  const waitMs = Math.max(...during) - Math.max(...before);
  console.log(
    `${oldDays} days dropped by the portal: reads and writes ${spread(during)} (${during.length}); before ${spread(before)} (${before.length})`,
  );
  const lookUpMs = percentile(rested, 0.95);
  conclude(
    "ingest",
    `${rate.toFixed(0)} new ledger rows/s after an outage, as they happen a report of 5,000 busy sessions every ${((1000 * nodes) / live).toFixed(0)} ms of each of ${nodes} nodes (${(live * ledgerRowsInMinute).toFixed(0)} known rows grow a second), look-up p95 ${lookUpMs.toFixed(0)} ms with ${subscribers} subscribers and ${rows} ledger rows, dropping days makes others wait ${Math.max(0, waitMs).toFixed(0)} ms longer (${added} writes meanwhile)`,
    `≥ ${goals.rowsPerSecond} rows/s, < ${goals.lookUpMs} ms, < ${goals.waitMs} ms`,
    rate >= goals.rowsPerSecond && lookUpMs < goals.lookUpMs && waitMs < goals.waitMs,
  );
} finally {
  for (const client of [database, reader, writer]) await client.end().catch(() => undefined);
  await product.stop();
}
