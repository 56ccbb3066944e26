/**
 * `npm run measure -- chaos`: three portals behind a balancer on one PostgreSQL, six nodes that joined by code, sixty
 * agents, each in a namespace of its own with programs that load through it; every ten seconds one of all these processes
 * is killed (`kill -9`), drawn by a seed, and comes back by itself; a policy is published meanwhile again and again. Then
 * all is quiet, and what must hold is looked at. Options: `--minutes M` (15), `--agents N` (60), `--seed S` (1).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { keepPostgres } from "@/lib/cli/keep-postgres";
import { nodeStatusSchema } from "@/lib/contracts/telemetry";
import { verifyAuditChain } from "@/lib/db/audit-chain";
import { closeDatabase, getDatabase } from "@/lib/db/client";
import { runMigrations } from "@/lib/db/migrate";
import { makeJoinCode } from "@/lib/services/create-join-code";
import { createSetupLink } from "@/lib/services/create-setup-link";
import { enrolDevice } from "@/lib/services/enrol-device";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { reconcileUsage } from "@/lib/services/reconcile-usage";
import { setEnv } from "@/lib/shared/env";
import { errorMessage } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import { seed as seedPolicy } from "@/prisma/seed";
import { agentPort, ChaosFleet, type FleetPart, footprint } from "../factories/chaos-fleet";
import {
  fetchThrough,
  hub,
  layBridge,
  networks,
  serveContent,
  startBalancer,
  wifiOf,
} from "../factories/chaos-network";
import { conclude, describeMachine, median } from "../factories/figures";
import { PortalDesk } from "../factories/portal-desk";
import { SignedInStaff } from "../factories/started-demo";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "15" },
    agents: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    inside: { type: "boolean", default: false },
    content: { type: "boolean", default: false },
  },
});
const portalPorts = [3001, 3002, 3003];
const nodePorts = [11_081, 11_082, 11_083, 11_084, 11_085, 11_086];
const agentCount = Number(values.agents);
const runMs = Number(values.minutes) * 60_000;
const killEveryMs = 10_000;
const publishEveryMs = 8000;
const deadlineMs = 90_000;
const warmMs = 20_000;
/**
 * When all is quiet the largest process of a role may hold so many descriptors more than when all was warm, the mean of its
 * role less, and the largest so much more memory.
 */
const moreDescriptors = 20;
const moreInTheMean = 10;
const moreMemory = 1.6;

/** Numbers from 0 to 1, always the same for a seed. Source: mulberry32, public domain. */
function drawing(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + deadlineMs; Date.now() < deadline; await sleep(250))
    if (await isTrue().catch(() => false)) return;
  throw new Error(`${what}: not within ${deadlineMs / 1000} s`);
}

type Status = { id: string; version: number; spoolBytes: number };

async function readStatuses(): Promise<Status[]> {
  const rows = await getDatabase().node.findMany({ where: { kind: "proxy" }, orderBy: { id: "asc" } });
  return rows.flatMap(({ id, status }) => {
    const read = nodeStatusSchema.safeParse(status).data;
    return read === undefined ? [] : [{ id, version: read.policyVersion, spoolBytes: read.spool?.sizeBytes ?? 0 }];
  });
}

const openSessions = (): Promise<number> => getDatabase().session.count({ where: { endedAt: null } });

/** Streams of nodes and agents that the other portals had, and that one has where those were killed. */
const mayMoveTo = (role: string): number =>
  role === "portal" ? ((nodePorts.length + agentCount) * (portalPorts.length - 1)) / portalPorts.length : 0;

type Footprint = { mostDescriptors: number; meanDescriptors: number; mostMegabytes: number };

/** What the processes of each role hold now. */
function footprints(parts: readonly FleetPart[]): Map<string, Footprint> {
  const found = new Map<string, { descriptors: number; megabytes: number }[]>();
  for (const part of parts) {
    const now = footprint(part.pid());
    if (now !== null) found.set(part.role, [...(found.get(part.role) ?? []), now]);
  }
  return new Map(
    [...found].map(([role, all]) => [
      role,
      {
        mostDescriptors: Math.max(...all.map(({ descriptors }) => descriptors)),
        meanDescriptors: all.reduce((sum, { descriptors }) => sum + descriptors, 0) / all.length,
        mostMegabytes: Math.max(...all.map(({ megabytes }) => megabytes)),
      },
    ]),
  );
}

async function run(): Promise<void> {
  console.log(describeMachine());
  layBridge();
  const folder = mkdtempSync(join(process.cwd(), ".data-test-"));
  const portalUrl = `http://${hub.address}:${hub.portalPort}`;
  const postgres = await keepPostgres(folder, () => {});
  const env = {
    DATABASE_URL: postgres.databaseUrl,
    NEXTAUTH_SECRET: "a secret of the measure, which keeps nothing secret",
    NEXTAUTH_URL: portalUrl,
  };
  setEnv("DATABASE_URL", env.DATABASE_URL);
  setEnv("NEXTAUTH_SECRET", env.NEXTAUTH_SECRET);
  setEnv("NEXTAUTH_URL", env.NEXTAUTH_URL);
  setEnv("TWINPATH_LOG_LEVEL", "fatal");
  const fleet = new ChaosFleet(folder, env);
  const stopping = new AbortController();
  const { signal } = stopping;
  const balancer = await startBalancer(portalPorts);
  const broken: string[] = [];
  try {
    await runMigrations(env.DATABASE_URL);
    await seedPolicy();
    await ensureTestbedPolicy({ wifiCidr: networks.wifi, lteCidr: networks.lte, contentCidr: networks.content });
    for (const [index, port] of portalPorts.entries()) fleet.startPortal(index + 1, port);
    await until("the portals serve", async () => {
      const answers = portalPorts.map((port) => fetch(`http://127.0.0.1:${port}/api/health`));
      return (await Promise.all(answers)).every(({ ok }) => ok);
    });
    const link = await createSetupLink();
    const staff = await SignedInStaff.byLink({ portalUrl, setupUrl: `${portalUrl}/setup?token=${link?.token}` });
    const desk = new PortalDesk(staff);
    for (const [index, port] of nodePorts.entries()) {
      const { code } = await makeJoinCode({ name: `Node ${index + 1}`, region: null }, "system");
      fleet.startNode(index + 1, port, code);
    }
    await fleet.startContent([process.argv[1] ?? "", "--content"]);
    const load = (index: number): Promise<boolean> => fetchThrough(wifiOf(index), agentPort, 1000);
    for (let index = 1; index <= agentCount; index += 1) {
      const deviceId = `chaos-${index}`;
      const msisdn = `9990000${String(index).padStart(4, "0")}`;
      await fleet.startAgent(index, await enrolDevice({ deviceId, msisdn, serviceClassId: "gold" }));
      /* One after the other: starting all at once takes the machine away from the portals. */
      await until(`agent ${index} serves`, () => load(index));
    }
    const all = Array.from({ length: agentCount }, (_, at) => at + 1);
    await until("every agent serves", async () => (await Promise.all(all.map(load))).every(Boolean));
    console.log(`3 portals, 1 PostgreSQL, ${nodePorts.length} nodes, ${agentCount} agents serve`);

    let [whole, cut] = [0, 0];
    const cutSpansMs = new Map<number, { from: number | null; longest: number }>();
    const random = drawing(Number(values.seed));
    const use = async (index: number): Promise<void> => {
      const span: { from: number | null; longest: number } = { from: null, longest: 0 };
      cutSpansMs.set(index, span);
      while (!signal.aborted) {
        const startMs = performance.now();
        const isWhole = await fetchThrough(wifiOf(index), agentPort, 4000 + Math.floor(Math.random() * 250_000));
        if (isWhole) whole += 1;
        else cut += 1;
        if (isWhole && span.from !== null) {
          span.longest = Math.max(span.longest, performance.now() - span.from);
          span.from = null;
        } else if (!isWhole) span.from ??= startMs;
        await sleep(700 + Math.random() * 1500, signal);
      }
    };
    const users = all.map(use);
    const newest = new Map<string, number>();
    let [looks, published, refused] = [0, 0, 0];
    const look = async (): Promise<void> => {
      while (!signal.aborted) {
        const statuses = await readStatuses().catch(() => []);
        for (const { id, version } of statuses) {
          looks += 1;
          if (version < (newest.get(id) ?? 0)) broken.push(`${id} went from version ${newest.get(id)} to ${version}`);
          newest.set(id, Math.max(version, newest.get(id) ?? 0));
        }
        await sleep(500, signal);
      }
    };
    const publish = async (): Promise<void> => {
      while (!signal.aborted) {
        await sleep(publishEveryMs, signal);
        const changes = { totalRateKbps: 1_000_000 + published + refused };
        await desk.publishClass("gold", changes).then(
          () => (published += 1),
          () => (refused += 1),
        );
      }
    };
    const workers = [look(), publish()];
    await sleep(warmMs);
    const warm = footprints(fleet.parts);
    const kills: Record<string, number> = {};
    const endAt = Date.now() + runMs;
    while (Date.now() < endAt) {
      const draw = random();
      const role = draw < 0.3 ? "portal" : draw < 0.6 ? "node" : draw < 0.9 ? "agent" : "postgres";
      const among = fleet.parts.filter((part) => part.role === role);
      const victim = among[Math.floor(random() * among.length)];
      try {
        if (role === "postgres")
          process.kill(Number(readFileSync(join(folder, "postgres/postmaster.pid"), "utf8").split("\n")[0]), "SIGKILL");
        else victim?.kill();
        kills[role] = (kills[role] ?? 0) + 1;
        console.log(
          `${new Date().toISOString().slice(11, 19)} killed ${victim?.name ?? role}; ${whole} whole, ${cut} cut`,
        );
      } catch (error) {
        console.log(`${victim?.name ?? role} was on its way back (${errorMessage(error)})`);
      }
      await sleep(Math.min(killEveryMs, Math.max(0, endAt - Date.now())));
    }
    await sleep(8000);
    stopping.abort();
    await Promise.all([...users, ...workers]);
    const last = await desk.publishClass("gold", { totalRateKbps: 2_000_000 });
    await until("every node has the last version", async () => {
      const statuses = await readStatuses();
      return statuses.length === nodePorts.length && statuses.every(({ version }) => version === last.version);
    }).catch((error: unknown) => broken.push(errorMessage(error)));
    await until("no session is left open", async () => (await openSessions()) === 0).catch(async () =>
      broken.push(`${await openSessions()} sessions are open though nobody loads`),
    );
    await until("the spools are empty", async () =>
      (await readStatuses()).every(({ spoolBytes }) => spoolBytes < 4096),
    );
    await sleep(3000);
    const found = await reconcileUsage({ from: null, to: null });
    for (const { what, expectedBytes, foundBytes } of found.differences)
      broken.push(`ledger: ${what}: ${foundBytes} in place of ${expectedBytes}`);
    const audit = await verifyAuditChain(getDatabase());
    if (audit.brokenAt !== null) broken.push(`the audit chain is broken at ${audit.brokenAt}`);
    const sessions = await getDatabase().session.count();
    const [carried] = await getDatabase().$queryRaw<{ bytes: string }[]>`
      SELECT sum(download_bytes)::text AS bytes FROM subflows`;
    const quiet = footprints(fleet.parts);
    for (const [role, before] of warm) {
      const after = quiet.get(role) ?? { mostDescriptors: 0, meanDescriptors: 0, mostMegabytes: 0 };
      const text = ({ mostDescriptors, meanDescriptors, mostMegabytes }: Footprint): string =>
        `at most ${mostDescriptors} descriptors, ${meanDescriptors.toFixed(1)} in the mean, at most ${mostMegabytes.toFixed(0)} MB`;
      console.log(`${role}: ${text(before)} warm; ${text(after)} at the end`);
      const hasMoreAtMost = after.mostDescriptors > before.mostDescriptors + moreDescriptors + mayMoveTo(role);
      if (hasMoreAtMost || after.meanDescriptors > before.meanDescriptors + moreInTheMean)
        broken.push(`${role}: descriptors: ${text(before)} → ${text(after)}`);
      if (after.mostMegabytes > before.mostMegabytes * moreMemory)
        broken.push(`${role}: ${before.mostMegabytes.toFixed(0)} → ${after.mostMegabytes.toFixed(0)} MB`);
    }
    const spans = [...cutSpansMs.values()].map(({ longest }) => longest).filter((ms) => ms > 0);
    const killed = Object.entries(kills).map(([role, count]) => `${count} ${role}`);
    console.log(
      `killed: ${killed.join(", ")}; published ${published}, refused or lost ${refused}; ${looks} looks at versions`,
    );
    console.log(
      `${whole} loads whole, ${cut} cut; an agent's longest time without a whole one: median ${(median(spans) / 1000).toFixed(1)} s, worst ${(Math.max(0, ...spans) / 1000).toFixed(1)} s`,
    );
    console.log(
      `${sessions} sessions, ${(Number(carried?.bytes ?? 0) / 1e6).toFixed(0)} MB in paths; audit ${audit.entries} entries; ledger differences ${found.differences.length}`,
    );
    for (const line of broken) console.log(`✗ ${line}`);
    const total = Object.values(kills).reduce((sum, count) => sum + count, 0);
    conclude(
      "chaos",
      `${total} kills in ${values.minutes} min, ${broken.length} invariants broken, ${((100 * whole) / (whole + cut)).toFixed(2)} % of ${whole + cut} loads whole`,
      "0 broken: ledger, versions, audit, sessions, descriptors, memory",
      broken.length === 0,
    );
  } finally {
    stopping.abort();
    await fleet.stop();
    balancer.close();
    await closeDatabase();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.content) serveContent();
else if (values.inside) {
  await run();
  process.exit();
} else {
  const [, bundle = "", ...args] = process.argv;
  const { status } = spawnSync("unshare", ["-n", process.execPath, bundle, ...args, "--inside"], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
