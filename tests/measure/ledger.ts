/**
 * `npm run measure -- ledger`: downloads of three kinds through agent and proxy for 10 minutes (`--minutes`), with portal,
 * node and database killed (`kill -9`) in the middle, one after the other; then nginx's own log of bytes against what the
 * ledger's sessions have, by the port of a thousand that a request went to: of those that the killed node served in its
 * last second, and of all others. Ends with `twinpath reconcile`.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine } from "../factories/figures";
import { startLoggedNginx } from "../factories/logged-nginx";
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

/** A request's own second before the kill of its node may be lost. */
const unreportedMs = 1000;

/** `gotBytes`: of the object, by the client. */
type Asked = { port: number; endedAtMs: number; gotBytes: number };
type Bytes = { up: number; down: number };
const none: Bytes = { up: 0, down: 0 };

function addTo(sums: Map<number, Bytes>, port: number, { up, down }: Bytes): void {
  const sum = sums.get(port) ?? none;
  sums.set(port, { up: sum.up + up, down: sum.down + down });
}

console.log(describeMachine());
const demo = await startDemo();
const nginx = await startLoggedNginx(demo, { large: 30_000_000, medium: 5_000_000, small: 20_000 });
try {
  await SignedInStaff.byLink(demo);
  const asked: Asked[] = [];
  let failed = 0;
  const until = Date.now() + runMs;
  const work = async ({ object, args }: (typeof kinds)[number]): Promise<void> => {
    while (Date.now() < until) {
      const { port, url } = nginx.urlOf(asked.length, object);
      const request: Asked = { port, endedAtMs: Number.POSITIVE_INFINITY, gotBytes: 0 };
      asked.push(request);
      const what = ["-sS", "-f", "-o", "/dev/null", "-w", "%{size_download}", "-m", "60", ...args, url];
      const { exitCode, stdout } = await demo.runIn("ue", "curl", what);
      request.endedAtMs = Date.now();
      request.gotBytes = Number(stdout);
      if (exitCode === 0) continue;
      failed += 1;
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
  /** The ports of what the node served in the second before its kill. */
  let served = new Set<number>();
  for (const { name, pid } of kills) {
    await sleep(runMs / (kills.length + 1));
    const victim = await pid();
    const since = Date.now() - unreportedMs;
    if (name === "node") served = new Set(asked.filter(({ endedAtMs }) => endedAtMs > since).map(({ port }) => port));
    process.kill(victim, "SIGKILL");
    console.log(`kill -9 of the ${name} (${victim}), ${asked.length} requests so far`);
  }
  await Promise.all(working);

  const database = new Client({ connectionString: await readFile(join(demo.dataDir, "run", "database.url"), "utf8") });
  await database.connect();
  const readSessions = async (): Promise<{ port: number; open: number; up: number; down: number }[]> => {
    const { rows } = await database.query(
      `SELECT split_part(destination, ':', 2)::int AS port, count(*) FILTER (WHERE ended_at IS NULL)::int AS open,
       sum(upload_bytes)::float8 AS up, sum(download_bytes)::float8 AS down
       FROM sessions WHERE destination ~ $1 GROUP BY 1 ORDER BY 1`,
      [`^${demo.contentAddress}:2[0-9]{4}$`],
    );
    return rows;
  };
  const settledBy = Date.now() + settleMs;
  let before = "";
  for (let stored = await readSessions(); Date.now() < settledBy; stored = await readSessions()) {
    if (stored.every(({ open }) => open === 0) && JSON.stringify(stored) === before) break;
    before = JSON.stringify(stored);
    await sleep(3000);
  }
  const stored = await readSessions();
  await database.end();
  const missing = new Map<number, Bytes>();
  for (const { port, up, down } of stored) addTo(missing, port, { up: -up, down: -down });

  const logged = await nginx.requests();
  for (const { port, bytesSent, requestBytes } of logged) addTo(missing, port, { up: requestBytes, down: bytesSent });
  const sent = logged.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  const got = logged.reduce((sum, { requestBytes }) => sum + requestBytes, 0);
  /** What is too much counts as what is too little. */
  const differenceOf = (ports: [number, Bytes][]): number =>
    ports.reduce((sum, [, { up, down }]) => sum + Math.abs(up) + Math.abs(down), 0);
  const others = [...missing].filter(([port]) => !served.has(port));
  const lost = differenceOf(others);
  const cut = differenceOf([...missing].filter(([port]) => served.has(port)));
  /** Its own counters: what clients had got and the ledger does not have; the rest lay in buffers and was passed on to nobody. */
  const untold = [...served].reduce((sum, port) => {
    const got = asked.reduce((bytes, request) => bytes + (request.port === port ? request.gotBytes : 0), 0);
    return sum + Math.max(0, got - (stored.find((one) => one.port === port)?.down ?? 0));
  }, 0);
  const bytesPerSecond = sent / (runMs / 1000);
  const untoldSeconds = untold / bytesPerSecond;
  console.log(
    `${asked.length} requests, ${logged.length} at nginx, ${failed} failed; nginx sent ${sent} bytes and got ${got}`,
  );
  for (const [port, { up, down }] of others)
    if (up !== 0 || down !== 0) console.log(`  of port ${port}: ${down} bytes sent and ${up} received are missing`);
  console.log(
    `  of ${served.size} requests in the killed node's last second: ${cut} bytes missing, of which clients had got ${untold}: ${untoldSeconds.toFixed(2)} s at ${(bytesPerSecond / 1e6).toFixed(1)} MB/s; the rest lay in buffers`,
  );
  const reconciled = await new Promise<{ code: number; text: string }>((resolve) =>
    execFile(process.execPath, ["dist/twinpath.js", "reconcile", "--data-dir", demo.dataDir], (error, text) =>
      resolve({ code: error === null ? 0 : 1, text }),
    ),
  );
  console.log(reconciled.text.trimEnd());
  const isSame = reconciled.code === 0;
  conclude(
    "ledger",
    `${lost} bytes missing beside the killed node's last second, of whose counters ${untold} bytes or ${untoldSeconds.toFixed(2)} s; reconcile: ${isSame ? "no difference" : "DIFFERENCES"}`,
    `0 bytes, ≤ ${goalSeconds} s, no difference`,
    lost === 0 && untoldSeconds <= goalSeconds && isSame,
  );
} finally {
  await nginx.stop();
  await demo.stop();
}
