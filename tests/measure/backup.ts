/**
 * `npm run measure -- backup`: a product with staff, a second factor, an API token, subscribers, policy, devices and
 * sessions, and a second proxy node in a process of its own; `twinpath backup`; `kill -9` of everything but that node;
 * `twinpath restore` into an empty folder, as on another machine, with the kept `portal.secret`. Every table is compared by
 * rows and checksum; then old passwords, codes, tokens, nodes and devices go on. Options: `--subscribers N` (default 20000).
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { closeDatabase, getDatabase } from "@/lib/db/client";
import { startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { totpCode, totpStep } from "@/lib/services/totp";
import { setEnv } from "@/lib/shared/env";
import { sleep } from "@/lib/shared/sleep";
import { fromBase32 } from "../factories/base32";
import { conclude, describeMachine } from "../factories/figures";
import { freePort } from "../factories/free-port";
import { type DeviceSecret, proxiedGet } from "../factories/proxied-get";
import { firstAccount, SignedInStaff } from "../factories/started-demo";
import { type StartedProduct, startProduct } from "../factories/started-product";
import { differingTables, tableSums } from "../factories/table-sums";

const { values } = parseArgs({ options: { subscribers: { type: "string", default: "20000" } } });
const exec = promisify(execFile);
const root = process.cwd();
const waitMs = 30_000;
const twinpath = (...args: string[]) => exec(process.execPath, ["dist/twinpath.js", ...args], { cwd: root });

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + waitMs; !(await check().catch(() => false)); await sleep(100))
    if (Date.now() > end) throw new Error(`not within ${waitMs / 1000} s: ${what}`);
}

/** Whether a browser with these words is signed in. */
async function canSignIn(portalUrl: string, code: string): Promise<boolean> {
  const cookies = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const headers = { ...init.headers, cookie, origin: portalUrl };
    const answer = await fetch(`${portalUrl}${path}`, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";")[0]?.split(/=(.*)/s) ?? [];
      cookies.set(name, value);
    }
    return answer;
  };
  const { csrfToken } = await (await ask("/api/auth/csrf")).json();
  const form = new URLSearchParams({ ...firstAccount, code, csrfToken, json: "true" });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  await ask("/api/auth/callback/credentials", { method: "POST", headers, body: form.toString() });
  return (await ask("/api/me")).ok;
}

/** Allow devices the content on this machine, by a published policy. */
async function publishPolicy(staff: SignedInStaff): Promise<void> {
  const networks = (await staff.call("GET", "/api/policy/draft/networks")) as { etag: string };
  const loopback = { cidr: "127.0.0.0/8", access: "wifi", name: "Loopback" };
  const content = { accessNetworks: [loopback], allowedPrivateRanges: ["127.0.0.0/8"] };
  await staff.call("PUT", "/api/policy/draft/networks", content, { "if-match": `"${networks.etag}"` });
  const rule = { kind: "cidr", value: "127.0.0.0/8", ports: [] };
  await staff.call("POST", "/api/policy/draft/white-lists/debian/rules", { add: [rule], remove: [] });
  const { etag } = (await staff.call("GET", "/api/policy/draft")) as { etag: string };
  const publish = { reason: "a measure of backups", scope: { kind: "everyone" } };
  await staff.call("POST", "/api/policy/publish", publish, { "if-match": `"${etag}"` });
}

async function importSubscribers(staff: SignedInStaff, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => `+99990${String(n).padStart(9, "0")},,active,silver,`);
  const body = ["msisdn,imsi,state,service_class,extra_white_lists", ...rows, ""].join("\n");
  const headers = { "content-type": "text/csv" };
  const answer = await staff.fetch("/api/subscriber-imports?name=backup.csv", { method: "POST", headers, body });
  const { id } = await answer.json();
  const state = async (): Promise<string> =>
    ((await staff.call("GET", `/api/subscriber-imports/${id}`)) as { state: string }).state;
  await until("the file is checked", async () => (await state()) === "checked");
  await staff.call("POST", `/api/subscriber-imports/${id}/commit`, { reason: "a measure of backups" });
  await until("the file is written", async () => (await state()) === "done");
}

async function enrol(dataDir: string): Promise<DeviceSecret> {
  const { stdout } = await twinpath("enrol", "--data-dir", dataDir);
  return { deviceId: /Device: +(\S+)/.exec(stdout)?.[1] ?? "", secret: /Secret: +(\S+)/.exec(stdout)?.[1] ?? "" };
}

/** Services of the product in this process, with the product's database; afterwards this process has none again. */
async function inDatabase<T>(product: StartedProduct, work: () => Promise<T>): Promise<T> {
  setEnv("DATABASE_URL", product.databaseUrl.trim());
  try {
    return await work();
  } finally {
    await closeDatabase();
    delete process.env["DATABASE_URL"];
  }
}

/** Processes of the product on the lost machine; the database's first. */
async function killEverything(product: StartedProduct): Promise<void> {
  const pids = [product.pid, await product.portalPid()];
  pids.push(Number(await readFile(join(product.dataDir, "run", "proxy.pid"), "utf8")));
  const [row] = await inDatabase(
    product,
    () => getDatabase().$queryRaw<{ pid: number }[]>`
      SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`,
  );
  if (row !== undefined) pids.push(row.pid);
  for (const pid of pids) process.kill(pid, "SIGKILL");
}

console.log(describeMachine());
const [portalPort, farPort] = [await freePort(), await freePort()];
const folder = await mkdtemp(join(root, ".data-test-"));
const [lost, fresh, far] = ["lost", "fresh", "far"].map((name) => join(folder, name)) as [string, string, string];
const content = createServer((_, response) => response.end("content"));
content.listen(0, "127.0.0.1");
await once(content, "listening");
const contentUrl = `http://127.0.0.1:${(content.address() as AddressInfo).port}/`;
let product = await startProduct({ dataDir: lost, port: portalPort });
let farNode: ReturnType<typeof spawn> | null = null;
const checks: [string, boolean][] = [];
const check = (what: string, isGood: boolean): void => {
  checks.push([what, isGood]);
  console.log(`${isGood ? "✓" : "✗"} ${what}`);
};
try {
  const staff = await SignedInStaff.byLink(product);
  const { password } = firstAccount;
  const factor = (await staff.call("POST", "/api/account/second-factor", { password })) as { secret: string };
  const key = fromBase32(factor.secret);
  const codeNow = (): string => totpCode(key, totpStep(Date.now()));
  await staff.call("POST", "/api/account/second-factor/confirm", { code: codeNow() });
  const token = (await staff.call("POST", "/api/tokens", { name: "kept", scopes: ["read"], validDays: 30 })) as {
    secret: string;
  };
  await importSubscribers(staff, Number(values.subscribers));
  await publishPolicy(staff);
  const { credential } = await inDatabase(product, () => ensureLocalNode({ id: "far", name: "Far", kind: "proxy" }));
  const place = ["--portal", product.portalUrl, "--address", "127.0.0.1", "--port", String(farPort)];
  farNode = spawn(process.execPath, ["dist/twinpath.js", "proxy", ...place, "--data-dir", far], {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, TWINPATH_NODE_CREDENTIAL: credential },
  });
  const device = await enrol(lost);
  const atFar = (): Promise<boolean> => proxiedGet(farPort, contentUrl, device).then((text) => text === "content");
  await until("the far node serves", atFar);
  for (let n = 0; n < 20; n += 1) await proxiedGet(n % 2 === 0 ? farPort : product.proxyPort, contentUrl, device);
  await sleep(3000);

  // Nothing is to change while the figures are taken.
  const portalPid = await product.portalPid();
  process.kill(portalPid, "SIGSTOP");
  await sleep(500);
  const before = await tableSums(product.databaseUrl.trim());
  const file = join(folder, "backup.gz");
  const began = performance.now();
  await twinpath("backup", file, "--data-dir", lost);
  const backupS = (performance.now() - began) / 1000;
  check(
    "nothing changed while the backup was made",
    differingTables(before, await tableSums(product.databaseUrl.trim())).length === 0,
  );
  await killEverything(product);
  check("the far node serves its devices without a portal", await atFar());

  await mkdir(fresh, { mode: 0o700 });
  await copyFile(join(lost, "portal.secret"), join(fresh, "portal.secret"));
  await rm(lost, { recursive: true, force: true });
  const restoring = performance.now();
  await twinpath("restore", file, "--data-dir", fresh);
  const restoreS = (performance.now() - restoring) / 1000;
  const looked = await startEmbeddedPostgres({ dataDir: fresh });
  const after = await tableSums(looked.databaseUrl);
  await looked.stop();
  const differing = differingTables(before, after);
  const rows = Object.values(before).reduce((sum, table) => sum + table.rows, 0);
  check(`${Object.keys(before).length} tables with ${rows} rows are the same by checksum`, differing.length === 0);
  for (const name of differing) console.log(`  differs: ${name}`);

  product = await startProduct({ dataDir: fresh, port: portalPort });
  check("there is no set-up link: the accounts are there", product.setupUrl === null);
  check("the session of before is still signed in", (await staff.fetch("/api/me")).ok);
  check("the password without a code does not sign in", !(await canSignIn(product.portalUrl, "")));
  // A code is taken once: the next one is of the next half minute.
  await sleep(30_000);
  check("the password with a code signs in", await canSignIn(product.portalUrl, codeNow()));
  const bearer = { headers: { authorization: `Bearer ${token.secret}` } };
  check("the API token works", (await fetch(`${product.portalUrl}/api/me`, bearer)).ok);
  const chain = (await staff.call("GET", "/api/audit/verification")) as { brokenAt: unknown };
  check("the audit chain is whole", chain.brokenAt === null);
  check("the device goes on at the far node", await atFar());
  check("and at the restored machine's own", (await proxiedGet(product.proxyPort, contentUrl, device)) === "content");
  const sessionsOfFar = async (): Promise<boolean> => {
    const { items } = (await staff.call("GET", "/api/sessions?limit=20")) as {
      items: { nodeId: string; startedAt: string }[];
    };
    return items.some(({ nodeId, startedAt }) => nodeId === "far" && Date.parse(startedAt) > Date.now() - 120_000);
  };
  await until("the far node reports again", sessionsOfFar);
  check("the far node's new sessions reach the restored portal", true);
  const { nodes } = await staff.liveSnapshot();
  check("both nodes are up", nodes.filter(({ health }) => health === "up").length === 2);
  const wrong = checks.filter(([, isGood]) => !isGood).length;
  conclude(
    "backup",
    `${checks.length - wrong} of ${checks.length} checks; ${rows.toLocaleString("en")} rows backed up in ${backupS.toFixed(1)} s, restored in ${restoreS.toFixed(1)} s`,
    "all",
    wrong === 0,
  );
} finally {
  await product.stop();
  if (farNode !== null && farNode.exitCode === null) {
    farNode.kill("SIGTERM");
    await once(farNode, "exit");
  }
  content.close();
  content.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
}
