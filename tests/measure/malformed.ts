/**
 * `npm run measure -- malformed`: malformed input for the proxy's port (SOCKS 4 and 5, HTTP, Convert, PROXY protocol, TLS) and
 * for the portal (calls of every route with odd addresses, headers and bodies, and bytes that are no HTTP), from valid
 * messages by seeded changes. Each is to be answered or closed by the deadline; no process may end, no answer be a fault of
 * ours; descriptors and memory come back. Options: `--count N` (default 1000000), `--api-part F` (default 0.05), `--seed N`,
 * `--quick` (20,000).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closeDatabase, getDatabase } from "@/lib/db/client";
import { insertPolicyVersion } from "@/lib/db/policy-versions";
import { enrolDevice } from "@/lib/services/enrol-device";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { hashPassword } from "@/lib/services/password";
import { setEnv } from "@/lib/shared/env";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine } from "../factories/figures";
import { freePort } from "../factories/free-port";
import { makeCall, malformedCall } from "../factories/malformed-calls";
import { malformed, seededRandom, validMessages } from "../factories/malformed-inputs";
import { signedIn } from "../factories/portal-call";
import { residentBytes } from "../factories/process-cost";
import { proxiedGet } from "../factories/proxied-get";
import { type InputOutcome, inTurns, sendInput } from "../factories/short-inputs";
import { startProduct } from "../factories/started-product";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    "api-part": { type: "string", default: "0.05" },
    seed: { type: "string", default: "1" },
    quick: { type: "boolean", default: false },
  },
});
const count = values.quick ? 20_000 : Number(values.count);
const apiCount = Math.round(count * Number(values["api-part"]));
const proxyCount = count - apiCount;
const seed = Number(values.seed);
/** Handshakes end after 10 s, wrong secrets are answered up to 3 s later; the rest is for a busy machine. */
const deadlineMs = 18_000;
const [proxyAtOnce, apiAtOnce] = [1024, 48];
/** What waits for the server's deadline holds its place for as long: that is for few. */
const waitingPart = 0.004;
const resetPart = 0.1;
/** Rest of what is freed late, and of a heap that is not collected to the end. */
const growthMb = 96;
const settleMs = 20_000;

type Watched = { name: string; pid: number; descriptors: number; bytes: number };

function look(name: string, pid: number): Watched {
  return { name, pid, descriptors: readdirSync(`/proc/${pid}/fd`).length, bytes: residentBytes(pid) };
}

const pidIn = (dataDir: string, part: string): number =>
  Number(readFileSync(join(dataDir, "run", `${part}.pid`), "utf8"));

async function waitFor(what: string, check: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await check().catch(() => false)); await sleep(100))
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
}

/** Publish the policy in force with the content server of this measure allowed. */
async function allowLoopback(): Promise<void> {
  await getDatabase().$transaction(async (transaction) => {
    const [latest] = await transaction.policyVersion.findMany({ orderBy: { version: "desc" }, take: 1 });
    const before = latest?.snapshot as { serviceClasses: []; whiteLists: { rules: object[] }[] };
    const [first, ...others] = before.whiteLists;
    const rules = [
      { kind: "cidr", value: "127.0.0.0/8", ports: [] },
      { kind: "host", value: "localhost", ports: [] },
    ];
    await insertPolicyVersion(transaction, {
      content: {
        serviceClasses: before.serviceClasses,
        whiteLists: [{ ...first, rules }, ...others],
        accessNetworks: [],
        allowedPrivateRanges: ["127.0.0.0/8", "::1/128"],
      },
      reason: "a measure",
      actor: "system",
    } as Parameters<typeof insertPolicyVersion>[1]);
  });
}

console.log(describeMachine());
const content = createServer((_, response) => response.end("content")).listen(0, "127.0.0.1");
await once(content, "listening");
const contentPort = (content.address() as AddressInfo).port;
const product = await startProduct();
let proxy: ReturnType<typeof spawn> | null = null;
const agent = new Agent({ keepAlive: true, maxSockets: apiAtOnce });
try {
  setEnv("DATABASE_URL", product.databaseUrl.trim());
  setEnv("NEXTAUTH_SECRET", readFileSync(join(product.dataDir, "portal.secret"), "utf8").trim());
  setEnv("NEXTAUTH_URL", product.portalUrl);
  const device = await enrolDevice({ deviceId: "ue", msisdn: "99999000007", serviceClassId: "gold" });
  await allowLoopback();
  const { credential } = await ensureLocalNode({ id: "target", name: "Target", kind: "proxy" });
  const admin = await signedIn("admin");
  const passwordHash = await hashPassword("four plain words here");
  await getDatabase().staff.update({ where: { id: admin.staffId }, data: { passwordHash } });
  const proxyPort = await freePort();
  const dataDir = join(product.dataDir, "target");
  await mkdir(dataDir);
  const options = [
    "--portal",
    product.portalUrl,
    "--address",
    "127.0.0.1",
    "--port",
    String(proxyPort),
    "--data-dir",
    dataDir,
  ];
  const withTls = ["--tls", "--proxy-header-from", "127.77.0.0/16"];
  const logFile = join(dataDir, "proxy.log");
  proxy = spawn(process.execPath, ["dist/twinpath.js", "proxy", ...options, ...withTls], {
    stdio: ["ignore", openSync(logFile, "w"), "inherit"],
    env: { ...process.env, TWINPATH_NODE_CREDENTIAL: credential },
  });
  await waitFor("the proxy serves", async () => existsSync(join(dataDir, "run", "proxy.pid")));
  const url = `http://127.0.0.1:${contentPort}/`;
  await waitFor("a device is served", async () => (await proxiedGet(proxyPort, url, device)) === "content");
  const pids = { proxy: pidIn(dataDir, "proxy"), portal: await product.portalPid() };

  const messages = await validMessages(device, { address: "127.0.0.1", port: contentPort });
  const kinds = Object.keys(messages);
  const random = seededRandom(seed);
  const outcomes = new Map<string, number>();
  const note = (what: string): void => void outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
  const octet = (most: number): number => 1 + Math.floor(random() * most);

  const attackProxy = async (): Promise<void> => {
    const kind = kinds[Math.floor(random() * kinds.length)] ?? "http";
    const input = malformed(random, messages[kind] ?? []);
    const network = kind === "PROXY header" ? 77 : 100 + octet(100);
    const localAddress = `127.${network}.${octet(250)}.${octet(250)}`;
    const part = random();
    const ending = part < waitingPart ? "wait" : part < waitingPart + resetPart ? "reset" : "fin";
    const outcome: InputOutcome = await sendInput(
      { port: proxyPort, address: "127.0.0.1", localAddress },
      input,
      ending,
      deadlineMs,
    );
    note(`proxy ${outcome}`);
  };
  const own = [{ cookie: admin.cookie, origin: product.portalUrl }, { cookie: admin.cookie }, {}];
  const portal = new URL(product.portalUrl);
  const faults: string[] = [];
  const attackPortal = async (n: number): Promise<void> => {
    if (n % 10 === 0) {
      const input = malformed(random, messages["http"] ?? []);
      note(
        `portal ${await sendInput({ port: Number(portal.port), address: portal.hostname }, input, "fin", deadlineMs)}`,
      );
      return;
    }
    const call = malformedCall(random, own[n % 5 === 0 ? 1 + (n % 2) : 0] ?? {});
    const status = await makeCall(agent, portal, call, deadlineMs);
    if (typeof status === "number" && status >= 500)
      faults.push(`${call.method} ${call.path.slice(0, 120)} ${call.body?.slice(0, 120) ?? ""}: ${status}`);
    note(`portal ${typeof status === "string" ? status : status >= 500 ? "fault" : "answered"}`);
  };

  const tenth = async (): Promise<void> => {
    // Among an administrator's calls are some that put another policy in force.
    await allowLoopback();
    await Promise.all([
      inTurns(Math.round(proxyCount / 10), proxyAtOnce, attackProxy),
      inTurns(Math.round(apiCount / 10), apiAtOnce, attackPortal),
    ]);
  };
  const settle = async (): Promise<void> => {
    agent.destroy();
    await sleep(settleMs);
  };
  const began = performance.now();
  // The first part fills caches and heaps; what grows in the rest is a leak.
  await tenth();
  await settle();
  const before = [look("proxy", pids.proxy), look("portal", pids.portal)];
  for (let part = 2; part <= 10; part += 1) await tenth();
  await settle();
  const after = [look("proxy", pids.proxy), look("portal", pids.portal)];
  const seconds = (performance.now() - began - 2 * settleMs) / 1000;

  for (const [what, times] of [...outcomes].sort()) console.log(`${what}: ${times.toLocaleString("en")}`);
  for (const fault of faults.slice(0, 20)) console.log(`fault: ${fault}`);
  const told = (await product.logOf("portal")).split("\n").filter((line) => /"level":[56]0|^\s*⨯/.test(line));
  for (const line of told.slice(0, 10)) console.log(`portal's log: ${line.slice(0, 600)}`);
  const isBack = before.map((then, at) => {
    const now = after[at] ?? then;
    const grownMb = (now.bytes - then.bytes) / 2 ** 20;
    console.log(
      `${then.name}: descriptors ${then.descriptors} → ${now.descriptors}, memory ${(then.bytes / 2 ** 20).toFixed(0)} → ${(now.bytes / 2 ** 20).toFixed(0)} MiB`,
    );
    return now.descriptors <= then.descriptors + 16 && grownMb <= growthMb;
  });
  const isSame = pidIn(dataDir, "proxy") === pids.proxy && (await product.portalPid()) === pids.portal;
  await allowLoopback();
  await waitFor("the device is served", async () => (await proxiedGet(proxyPort, url, device)) === "content");
  const isServing =
    (await proxiedGet(proxyPort, url, device)) === "content" && (await fetch(`${portal.href}api/health`)).ok;
  const late = (outcomes.get("proxy late") ?? 0) + (outcomes.get("portal late") ?? 0);
  const refused = (outcomes.get("proxy refused") ?? 0) + (outcomes.get("portal refused") ?? 0);
  console.log(
    `processes ${isSame ? "are the same" : "were STARTED AGAIN"}, and ${isServing ? "serve" : "do NOT serve"}`,
  );
  conclude(
    "malformed",
    `${count.toLocaleString("en")} inputs in ${seconds.toFixed(0)} s (${Math.round(count / seconds)} a second): ${late} late, ${refused} without a connection, ${faults.length} faults, ${isSame ? "no" : "a"} crash, ${isBack.every(Boolean) ? "no" : "A"} leak`,
    "0 late, 0 faults, no crash, no leak",
    late === 0 && refused === 0 && faults.length === 0 && isSame && isServing && isBack.every(Boolean),
  );
} finally {
  agent.destroy();
  await closeDatabase();
  if (proxy !== null && proxy.exitCode === null) {
    proxy.kill("SIGTERM");
    await once(proxy, "exit");
  }
  await product.stop();
  content.close();
  content.closeAllConnections();
}
