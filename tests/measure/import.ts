/**
 * `npm run measure -- import`: with 1,000,000 subscribers, a file of 100,000 rows through the portal's own API (upload,
 * dry run, commit); then searches and pages over HTTP; then the export, imported again.
 */
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { type ImportJob, importJobSchema, subscriberListSchema } from "@/lib/contracts/subscribers";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { SignedInStaff } from "../factories/started-demo";
import { startProduct } from "../factories/started-product";

const subscribers = 1_000_000;
const rowsInFile = 100_000;
const requests = 600;
const goals = { importS: 20, requestMs: 30, differences: 0 };

/** Numbers spread over 010-0000-0000 to 010-9999-9999, each once: 99,991 and 100,000,000 have no common divisor. */
const msisdnOf = (n: number): string => `8210${String((n * 99_991) % 100_000_000).padStart(8, "0")}`;
const imsiOf = (n: number): string => `45005${String(n).padStart(10, "0")}`;
const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;
const percentile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
const ms = (value: number): string => `${value.toFixed(1)} ms`;

async function fill(database: Client): Promise<void> {
  await database.query(`
    INSERT INTO subscribers (id, msisdn, imsi, state, service_class_id)
    SELECT gen_random_uuid(), '8210' || lpad(((n::bigint * 99991) % 100000000)::text, 8, '0'), '45005' || lpad(n::text, 10, '0'),
      CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'active' END::subscriber_state,
      CASE WHEN n % 10 = 0 THEN 'bronze' WHEN n % 10 < 4 THEN 'silver' ELSE 'gold' END
    FROM generate_series(1, ${subscribers}) n`);
  await database.query(`
    INSERT INTO devices (id, name, subscriber_id, secret_sha256)
    SELECT 'device-' || md5(msisdn), 'Box', id, repeat('0', 64) FROM subscribers WHERE imsi LIKE '%0'`);
  // What the database's own autovacuum does within a minute or two.
  for (const table of ["subscribers", "devices"]) await database.query(`VACUUM ANALYZE ${table}`);
}

/** Half of the rows are new, four in ten change the class, the rest are as they are. */
function makeFile(): string {
  const lines = ["msisdn,imsi,state,service_class,extra_white_lists"];
  for (let n = 0; n < rowsInFile; n += 1) {
    const known = n * 7 + 1;
    const kind = n % 10;
    const isNew = kind < 5;
    const at = isNew ? subscribers + 1 + n : known;
    const state = !isNew && known % 50 === 0 ? "suspended" : "active";
    const stored = known % 10 === 0 ? "bronze" : known % 10 < 4 ? "silver" : "gold";
    const classId = isNew || kind === 9 ? stored : stored === "gold" ? "silver" : "gold";
    lines.push(`+${msisdnOf(at)},${imsiOf(at)},${state},${classId},`);
  }
  return `${lines.join("\n")}\n`;
}

async function upload(staff: SignedInStaff, body: string): Promise<ImportJob> {
  const headers = { "content-type": "text/csv" };
  const answer = await staff.fetch("/api/subscriber-imports?name=measure.csv", { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
  return importJobSchema.parse(await answer.json());
}

async function until(staff: SignedInStaff, id: string, state: ImportJob["state"]): Promise<ImportJob> {
  for (;;) {
    const job = importJobSchema.parse(await staff.call("GET", `/api/subscriber-imports/${id}`));
    if (job.state === state) return job;
    if (job.state === "failed" || job.state === "cancelled") throw new Error(`the import ${job.state}: ${job.failure}`);
    await sleep(50);
  }
}

async function importFile(staff: SignedInStaff, body: string): Promise<{ job: ImportJob; seconds: number[] }> {
  const times = [performance.now()];
  const { id } = await upload(staff, body);
  times.push(performance.now());
  await until(staff, id, "checked");
  times.push(performance.now());
  await staff.call("POST", `/api/subscriber-imports/${id}/commit`, { reason: "a measure of imports" });
  const job = await until(staff, id, "done");
  times.push(performance.now());
  return { job, seconds: times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1000) };
}

/** How long the portal's smallest answer takes while something else is going on. */
function watchAnswers(portalUrl: string): () => Promise<number[]> {
  const took: number[] = [];
  const stop = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const began = performance.now();
      await (await fetch(`${portalUrl}/api/health`)).arrayBuffer();
      took.push(performance.now() - began);
      await sleep(50);
    }
  };
  const done = watch();
  return async () => {
    stop.abort();
    await done;
    return took;
  };
}

async function timed(staff: SignedInStaff, query: Record<string, string>) {
  const path = `/api/subscribers?${new URLSearchParams(query)}`;
  const began = performance.now();
  const answer = await staff.fetch(path);
  const text = await answer.text();
  const tookMs = performance.now() - began;
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return { tookMs, list: subscriberListSchema.parse(JSON.parse(text)) };
}

/** Every kind of search and page that staff make, each about as often. */
async function measureRequests(staff: SignedInStaff, someIds: readonly string[], deviceIds: readonly string[]) {
  const number = (): string => msisdnOf(1 + Math.floor(Math.random() * subscribers));
  const kinds: Record<string, () => Record<string, string>> = {
    "first page": () => ({}),
    "page of a class": () => ({ serviceClassId: pick(["gold", "silver", "bronze"]) }),
    "page of a state": () => ({ state: pick(["active", "suspended"]) }),
    "class and state": () => ({ serviceClassId: pick(["gold", "bronze"]), state: pick(["active", "suspended"]) }),
    national: () => ({ search: number().replace(/^82(10)(....)(....)$/, "0$1-$2-$3") }),
    international: () => ({ search: `+${number().replace(/^82(10)/, "82 $1 ")}` }),
    beginning: () => ({ search: `+${number().slice(0, 5 + Math.floor(Math.random() * 5))}` }),
    "last digits": () => ({ search: number().slice(-pick([3, 4, 6])) }),
    digits: () => ({ search: number().slice(0, pick([2, 4, 6])) }),
    imsi: () => ({ search: imsiOf(1 + Math.floor(Math.random() * subscribers)) }),
    "beginning of an IMSI": () => ({
      search: imsiOf(1 + Math.floor(Math.random() * subscribers)).slice(0, pick([5, 8, 11])),
    }),
    "subscriber id": () => ({ search: pick(someIds) }),
    "device id": () => ({ search: pick(deviceIds) }),
    nobody: () => ({ search: pick(["+999", "nobody", randomUUID(), "010-9999-99999"]) }),
  };
  const names = Object.keys(kinds);
  const took = new Map<string, number[]>([...names, "next page"].map((name) => [name, []]));
  let cursor: string | null = null;
  for (let n = 0; n < requests; n += 1) {
    if (n % (names.length + 1) === names.length) {
      const next = await timed(staff, cursor === null ? {} : { cursor });
      took.get("next page")?.push(next.tookMs);
      cursor = next.list.nextCursor;
      continue;
    }
    const name = names[n % (names.length + 1)] ?? "";
    const { tookMs, list } = await timed(staff, kinds[name]?.() ?? {});
    took.get(name)?.push(tookMs);
    if (name === "first page") cursor = list.nextCursor;
  }
  return took;
}

async function exportOf(staff: SignedInStaff, query: string): Promise<string> {
  const answer = await staff.fetch(`/api/subscribers/export?${query}`);
  if (!answer.ok) throw new Error(`export: ${answer.status}`);
  return answer.text();
}

console.log(describeMachine());
const product = await startProduct();
const database = new Client({ connectionString: product.databaseUrl });
try {
  const staff = await SignedInStaff.byLink(product);
  await database.connect();
  const began = performance.now();
  await fill(database);
  console.log(`${subscribers} subscribers put in by SQL in ${((performance.now() - began) / 1000).toFixed(1)} s`);

  const file = makeFile();
  const stopWatching = watchAnswers(product.portalUrl);
  const { job, seconds } = await importFile(staff, file);
  const answers = await stopWatching();
  const importS = seconds.reduce((sum, value) => sum + value, 0);
  const [uploadS = 0, checkS = 0, commitS = 0] = seconds;
  console.log(
    `import of ${job.rows} rows (${(file.length / 1e6).toFixed(1)} MB): ${JSON.stringify(job.counts)}; ${importS.toFixed(1)} s: upload ${uploadS.toFixed(1)}, dry run ${checkS.toFixed(1)}, commit ${commitS.toFixed(1)}`,
  );
  console.log(
    `meanwhile /api/health: median ${ms(median(answers))}, p95 ${ms(percentile(answers, 0.95))}, worst ${ms(Math.max(...answers))}; ${answers.length} requests`,
  );

  const ids = (await database.query("SELECT id FROM subscribers TABLESAMPLE system (1) LIMIT 200")).rows;
  const devices = (await database.query("SELECT id FROM devices LIMIT 200")).rows;
  await measureRequests(
    staff,
    ids.map(({ id }) => id),
    devices.map(({ id }) => id),
  );
  const took = await measureRequests(
    staff,
    ids.map(({ id }) => id),
    devices.map(({ id }) => id),
  );
  for (const [name, values] of took)
    console.log(
      `  ${name.padEnd(22)} p50 ${ms(median(values))}, p95 ${ms(percentile(values, 0.95))}, worst ${ms(Math.max(...values))}; ${values.length} requests`,
    );
  const all = [...took.values()].flat();
  const p95 = percentile(all, 0.95);
  console.log(
    `search and page: p50 ${ms(median(all))}, p95 ${ms(p95)}, worst ${ms(Math.max(...all))}; ${all.length} requests`,
  );

  const exportBegan = performance.now();
  const everything = await exportOf(staff, "");
  console.log(
    `export of everything: ${everything.trimEnd().split("\r\n").length - 1} rows in ${((performance.now() - exportBegan) / 1000).toFixed(1)} s`,
  );
  const query = "serviceClassId=bronze";
  const exported = await exportOf(staff, query);
  const again = await importFile(staff, exported);
  const { create = 0, update = 0, error = 0, unchanged = 0 } = again.job.counts;
  const isSame = (await exportOf(staff, query)) === exported;
  const differences = create + update + error + (isSame ? 0 : 1);
  console.log(
    `export imported again: ${unchanged} unchanged of ${again.job.rows}; exported again: ${isSame ? "the same bytes" : "OTHER BYTES"}`,
  );
  conclude(
    "import",
    `${job.rows} rows in ${importS.toFixed(1)} s; with ${subscribers} subscribers search and page p95 ${ms(p95)}, ${differences} differences`,
    `≤ ${goals.importS} s, p95 < ${goals.requestMs} ms, ${goals.differences} differences`,
    importS <= goals.importS && p95 < goals.requestMs && differences === goals.differences,
  );
} finally {
  await database.end().catch(() => undefined);
  await product.stop();
}
