/**
 * `npm run measure -- ledger`: downloads of three kinds through agent and proxy for 10 minutes (`--minutes`), with portal,
 * node and database killed (`kill -9`) in the middle, one after the other; then nginx's own log of bytes against what the
 * ledger's sessions have, request by request: of those that the killed node served, and of all others. Ends with
 * `twinpath reconcile`.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine } from "../factories/figures";
import { type LoggedRequest, startLoggedNginx } from "../factories/logged-nginx";
import { SignedInStaff, startDemo } from "../factories/started-demo";

const { values: options } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, quick: { type: "boolean", default: false } },
});
const runMs = 60_000 * (options.quick ? 2 : Number(options.minutes));
const settleMs = 60_000;
const goalSeconds = 1;
const proxy = "http://127.0.0.1:1080";
/** Full speed forwarded, small ones through CONNECT, slow ones by SOCKS. */
const kinds = [
  { object: "large", args: ["-x", proxy] },
  { object: "small", args: ["-p", "-x", proxy] },
  { object: "medium", args: ["--limit-rate", "1M", "--socks5-hostname", "127.0.0.1:1080"] },
];

type Bytes = { up: number; down: number };
const sumOf = (requests: readonly LoggedRequest[]): Bytes => ({
  up: requests.reduce((sum, { requestBytes }) => sum + requestBytes, 0),
  down: requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
});

console.log(describeMachine());
const demo = await startDemo();
const nginx = await startLoggedNginx(demo, { large: 30_000_000, medium: 5_000_000, small: 20_000 });
try {
  await SignedInStaff.byLink(demo);
  const running = new Set<string>();
  const failed = new Set<string>();
  let requests = 0;
  const until = Date.now() + runMs;
  const work = async ({ object, args }: (typeof kinds)[number]): Promise<void> => {
    while (Date.now() < until) {
      requests += 1;
      const id = `${object}-${requests}`;
      running.add(id);
      const url = nginx.url(object, id);
      const { exitCode } = await demo.runIn("ue", "curl", ["-sS", "-f", "-o", "/dev/null", "-m", "60", ...args, url]);
      running.delete(id);
      if (exitCode === 0) continue;
      failed.add(id);
      await sleep(200);
    }
  };
  const working = kinds.map(work);

  const databasePid = async (): Promise<number> =>
    Number((await readFile(join(demo.dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);
  const kills = [
    { name: "portal", pid: () => demo.pidOf("portal") },
    { name: "node", pid: () => demo.pidOf("testbed-proxy") },
    { name: "database", pid: databasePid },
  ];
  let cut = new Set<string>();
  for (const { name, pid } of kills) {
    await sleep(runMs / (kills.length + 1));
    const victim = await pid();
    if (name === "node") cut = new Set(running);
    process.kill(victim, "SIGKILL");
    console.log(`kill -9 of the ${name} (${victim}), ${requests} requests so far`);
  }
  await Promise.all(working);

  const database = new Client({ connectionString: await readFile(join(demo.dataDir, "run", "database.url"), "utf8") });
  await database.connect();
  const readSessions = async (): Promise<{ whole: Bytes; cut: Bytes; open: number }> => {
    const { rows } = await database.query(
      `SELECT coalesce(end_reason = 'node-restarted', false) AS "isCut", count(*) FILTER (WHERE ended_at IS NULL)::int AS open,
       sum(upload_bytes)::float8 AS up, sum(download_bytes)::float8 AS down
       FROM sessions WHERE destination LIKE '%:8088' GROUP BY 1`,
    );
    const of = (isCut: boolean): Bytes & { open: number } =>
      rows.find((row) => row.isCut === isCut) ?? { up: 0, down: 0, open: 0 };
    return { whole: of(false), cut: of(true), open: of(false).open };
  };
  const settledBy = Date.now() + settleMs;
  let before = "";
  for (let stored = await readSessions(); Date.now() < settledBy; stored = await readSessions()) {
    if (stored.open === 0 && JSON.stringify(stored) === before) break;
    before = JSON.stringify(stored);
    await sleep(3000);
  }
  const stored = await readSessions();
  await database.end();

  const logged = await nginx.requests();
  const isCut = ({ id }: LoggedRequest): boolean => cut.has(id) && failed.has(id);
  const cutLogged = sumOf(logged.filter(isCut));
  const wholeLogged = sumOf(logged.filter((request) => !isCut(request)));
  const missing: Bytes = { up: wholeLogged.up - stored.whole.up, down: wholeLogged.down - stored.whole.down };
  const cutMissing = cutLogged.up + cutLogged.down - stored.cut.up - stored.cut.down;
  const bytesPerSecond = (wholeLogged.down + cutLogged.down) / (runMs / 1000);
  const cutSeconds = cutMissing / bytesPerSecond;
  console.log(
    `${logged.length} requests through the proxy, ${failed.size} failed; nginx sent ${wholeLogged.down + cutLogged.down} bytes and got ${wholeLogged.up + cutLogged.up}`,
  );
  console.log(
    `  of all but the killed node's: ${missing.down} bytes of downloads and ${missing.up} of requests are missing`,
  );
  console.log(
    `  of ${[...cut].filter((id) => failed.has(id)).length} that the node's kill cut: nginx sent ${cutLogged.down}, the ledger has ${stored.cut.down}; ${cutMissing} missing (what lay in buffers with them), ${cutSeconds.toFixed(2)} s at ${(bytesPerSecond / 1e6).toFixed(1)} MB/s`,
  );
  const reconciled = await new Promise<{ code: number; text: string }>((resolve) =>
    execFile(process.execPath, ["dist/twinpath.js", "reconcile", "--data-dir", demo.dataDir], (error, text) =>
      resolve({ code: error === null ? 0 : 1, text }),
    ),
  );
  console.log(reconciled.text.trimEnd());
  conclude(
    "ledger",
    `${missing.down + missing.up} bytes missing beside the killed node's own, of which ${cutMissing} bytes or ${cutSeconds.toFixed(2)} s; reconcile: ${reconciled.code === 0 ? "no difference" : "DIFFERENCES"}`,
    `0 bytes, ≤ ${goalSeconds} s, no difference`,
    missing.down === 0 && missing.up === 0 && cutSeconds <= goalSeconds && reconciled.code === 0,
  );
} finally {
  await nginx.stop();
  await demo.stop();
}
